// One tab at a time is the telephone: a lock of the browser that all its tabs share (Web Locks), and that ends with its
// tab, however that ends.

const TRIES = 6; // a page that is just being loaded anew lets go a moment later
const PAUSE_MS = 250;

/** Takes this phone and returns what lets it go; null where another tab has it. With `steal` the other one loses it and is told by `lost`. */
export async function hold(address: string, lost: () => void, steal = false): Promise<(() => void) | null> {
  for (let n = 0; n < TRIES; n += 1) {
    const release = await once(address, lost, steal);
    if (release) return release;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return null;
}

function once(address: string, lost: () => void, steal: boolean): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    navigator.locks
      .request(`yuqiao-phone ${address}`, steal ? { steal } : { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(lost);
  });
}

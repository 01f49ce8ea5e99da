// How a call makes itself noticed: two notes from the loudspeaker, a notice on the desktop, the title of the tab.

const NOTES = [659.3, 880]; // hertz
const NOTE_S = 0.35;
const EVERY_MS = 2400;
const NOTICES = "yuqiao-notices";

export class Bell {
  private readonly context = new AudioContext();
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Whether the browser lets this page sound now; it does after a click or a key. */
  get awake(): boolean {
    return this.context.state === "running";
  }

  async wake(): Promise<void> {
    await this.context.resume();
  }

  /** One round of the two notes. */
  sound(): void {
    const begin = this.context.currentTime + 0.02;
    for (const [n, hertz] of NOTES.entries()) {
      const tone = this.context.createOscillator();
      const gain = this.context.createGain();
      const at = begin + n * NOTE_S;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.3, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_S);
      tone.connect(gain).connect(this.context.destination);
      tone.start(at);
      tone.stop(at + NOTE_S);
    }
  }

  ring(on: boolean): void {
    if (on === (this.timer !== undefined)) return;
    clearInterval(this.timer);
    this.timer = undefined;
    if (!on) return;
    this.sound();
    this.timer = setInterval(() => this.sound(), EVERY_MS);
  }
}

export function noticesWanted(): boolean {
  return localStorage.getItem(NOTICES) === "1" && "Notification" in window && Notification.permission === "granted";
}

/** Switches notices; returns whether they are on now, which the browser may refuse. */
export async function wantNotices(on: boolean): Promise<boolean> {
  const may = on && "Notification" in window && (await Notification.requestPermission()) === "granted";
  localStorage.setItem(NOTICES, may ? "1" : "0");
  return may;
}

let shown: Notification | null = null;

/** Shows a notice; null takes the present one away. */
export function notice(title: string | null, body = ""): void {
  shown?.close();
  shown = null;
  if (title === null || !noticesWanted()) return;
  shown = new Notification(title, { body, tag: "yuqiao-call", requireInteraction: true });
  shown.onclick = () => {
    window.focus();
    shown?.close();
  };
}

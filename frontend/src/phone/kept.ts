// The dialog of a running call, kept over a reload, a change of tabs, even a crash of the browser, so that the page can
// take its own call over (RFC 3891), no louder than it was. Nothing of who is on the call is kept; what is out of date
// the server refuses.

export interface Kept {
  /** Whose phone it is: another one who signs in on this machine leaves it alone. */
  address: string;
  callId: string;
  localTag: string;
  remoteTag: string;
  /** Whether the microphone was off, and whether the call was held by us. */
  muted: boolean;
  held: boolean;
}

const KEY = "yuqiao-phone-call";

export function keep(call: Kept): void {
  localStorage.setItem(KEY, JSON.stringify(call));
}

export function forget(): void {
  localStorage.removeItem(KEY);
}

/** What is kept of a call of `address`, or of anybody's where none is said. */
export function kept(address?: string): Kept | null {
  try {
    const call = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Kept>;
    const mine = call.address && (address === undefined || call.address === address);
    const whole = mine && call.callId && call.localTag && call.remoteTag;
    return whole ? ({ ...call, muted: call.muted === true, held: call.held === true } as Kept) : null;
  } catch {
    return null;
  }
}

/** The header field that names the dialog to be replaced: to-tag is the other side's tag (RFC 3891 section 3). */
export function replaces(call: Kept): string {
  return `Replaces: ${call.callId};to-tag=${call.remoteTag};from-tag=${call.localTag}`;
}

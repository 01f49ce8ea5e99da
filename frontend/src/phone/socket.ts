// SIP over WebSocket (RFC 7118) as JsSIP wants a socket: each connection fetches a ticket of its own, since one is good
// for a short while only. Pauses between attempts are JsSIP's (2 s to 30 s, growing).

/** What the server says with a ticket. */
export interface Ticket {
  ticket: string;
  /** The phone's own address, such as sip:desk-e-01@browser. */
  address: string;
}

/** The server closes with this where the same phone was begun in another tab. */
export const TAKEN = 4001;

/** Fetches a ticket; throws where the server gives none. */
export type Fetching = () => Promise<Ticket>;

export class TicketSocket {
  readonly url: string;
  readonly sip_uri: string;
  via_transport: string;

  onconnect: () => void = () => {};
  ondisconnect: (error: boolean, code?: number, reason?: string) => void = () => {};
  ondata: (data: unknown) => void = () => {};

  private socket: WebSocket | null = null;
  private wanted = 0; // which attempt counts; an answer to an older one is thrown away

  constructor(
    private readonly fetching: Fetching,
    private readonly taken: () => void,
  ) {
    const secure = location.protocol === "https:";
    this.url = `${secure ? "wss" : "ws"}://${location.host}/phone`;
    this.sip_uri = `sip:${location.host};transport=ws`;
    this.via_transport = secure ? "WSS" : "WS";
  }

  connect(): void {
    if (this.socket) this.disconnect();
    const attempt = ++this.wanted;
    this.fetching().then(
      ({ ticket }) => {
        if (attempt === this.wanted) this.open(ticket);
      },
      () => {
        if (attempt === this.wanted) this.ondisconnect(true, 0, "no ticket");
      },
    );
  }

  disconnect(): void {
    this.wanted += 1;
    const old = this.socket;
    this.socket = null;
    old?.close();
  }

  send(message: string): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(message);
    return true;
  }

  private open(ticket: string): void {
    const socket = new WebSocket(`${this.url}?ticket=${encodeURIComponent(ticket)}`, "sip");
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    const current = () => socket === this.socket;
    socket.onopen = () => current() && this.onconnect();
    socket.onmessage = ({ data }) => current() && this.ondata(data);
    socket.onclose = ({ wasClean, code, reason }) => {
      if (!current()) return;
      this.socket = null;
      if (code === TAKEN) this.taken();
      else this.ondisconnect(!wasClean, code, reason);
    };
  }
}

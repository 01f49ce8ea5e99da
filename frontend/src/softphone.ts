// The telephone in a page: SIP over WebSocket to our own media server, G.711 over DTLS-SRTP.
//
//   const phone = new Softphone(fetchTicket);
//   phone.addEventListener("change", () => show(phone.line, phone.call));
//   await phone.start();
//
// It knows nothing of pages: what is shown and said is the page's own.

import { UA } from "jssip";
import type { RTCSession } from "jssip/lib/RTCSession";
import type { IncomingRTCSessionEvent, OutgoingRTCSessionEvent } from "jssip/lib/UA";
import { close, microphone, onSpeaker } from "./phone/devices";
import { forget, type Kept, keep, kept, replaces } from "./phone/kept";
import { Meter } from "./phone/levels";
import { hold } from "./phone/only";
import { type Fetching, TicketSocket } from "./phone/socket";

export { choose, chosen, devices, type Device, type Kind } from "./phone/devices";
export type { Ticket } from "./phone/socket";

/** off · connecting (the first time, or again) · ready (registered) · taken (this phone is in another tab now) */
export type Line = "off" | "connecting" | "ready" | "taken";
/** none · ringing (we are called) · calling (we call, or take our own call over) · talking · held (by us) */
export type CallState = "none" | "ringing" | "calling" | "talking" | "held";
/** Why something did not go: the microphone is refused or missing, or the connection broke. */
export type Problem = "microphone" | "lost";

const DISCONNECTED_MS = 2000; // ICE may mend itself within; then it is begun anew (RFC 8445 section 2.4)
const SPOKE_MS = 300; // a light goes on between two words
const HOLD_AGAIN_MS = 200;
const DIGITS = /^[0-9*#]+$/;

export class Softphone extends EventTarget {
  line: Line = "off";
  call: CallState = "none";
  muted = false;
  problem: Problem | null = null;
  /** Whether a call is made without a microphone, too, and sends silence then. */
  soundOptional = false;
  /** When the present call was answered, in ms since 1970 by this machine's clock; 0 without one. */
  since = 0;

  private ua: UA | null = null;
  private session: RTCSession | null = null;
  private address = "";
  private own: MediaStream | null = null;
  private context: AudioContext | null = null;
  private ownMeter: Meter | null = null;
  private heardMeter: Meter | null = null;
  private socket: TicketSocket | null = null;
  private release: (() => void) | null = null;
  private named = false;
  private former: Kept | null = null; // what the call that is being made takes over
  private out = false; // held by us, or about to be
  private restarting: ReturnType<typeof setTimeout> | undefined;
  private readonly audio = new Audio();

  /** `fetching` gets a ticket for each connection; see `phone/socket.ts`. */
  constructor(private readonly fetching: Fetching) {
    super();
    this.audio.autoplay = true;
    addEventListener("online", () => this.mend());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.changed());
  }

  /** Connects, and takes over the call that this page had before it was loaded anew. Where another tab is the
   * telephone, `line` becomes "taken", unless `steal`: then this tab is, and has the other one's call. */
  async start(steal = false): Promise<void> {
    if (this.ua) return;
    this.lineIs("connecting");
    try {
      this.address = (await this.fetching()).address;
    } catch {
      setTimeout(() => this.line === "connecting" && !this.ua && void this.start(steal), 3000);
      return;
    }
    this.release ??= await hold(this.address, () => this.taken(), steal);
    if (!this.release) return this.lineIs("taken");
    const socket = new TicketSocket(this.fetching, () => this.taken());
    this.socket = socket;
    const ua = new UA({
      sockets: socket as never,
      uri: this.address,
      register: true,
      register_expires: 120,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 20,
      user_agent: "Yuqiao",
    });
    this.ua = ua;
    ua.on("registered", () => this.registered());
    ua.on("registrationFailed", () => this.lineIs("connecting"));
    ua.on("disconnected", () => this.line === "ready" && this.lineIs("connecting"));
    ua.on("newRTCSession", (event: IncomingRTCSessionEvent | OutgoingRTCSessionEvent) => this.begun(event));
    ua.start();
  }

  /** Ends the running call, if any, and is reachable no more. */
  stop(): void {
    this.ua?.stop();
    this.ua = null;
    this.release?.();
    this.release = null;
    this.lineIs("off");
  }

  async answer(): Promise<void> {
    const session = this.session;
    if (this.call !== "ringing" || !session) return;
    const stream = await this.openMicrophone();
    if (!stream || session !== this.session) return;
    this.call = "calling";
    this.changed();
    session.answer({ mediaStream: stream, pcConfig: { iceServers: [], bundlePolicy: "max-bundle" } });
  }

  /** Calls the only number that the ticket allows. */
  async dial(number: string, extraHeaders: string[] = []): Promise<void> {
    await this.invite(number, extraHeaders, null);
  }

  private async invite(number: string, extraHeaders: string[], former: Kept | null): Promise<void> {
    if (!this.ua || this.session) return;
    const stream = await this.openMicrophone();
    if (!stream || !this.ua || this.session) return;
    this.former = former;
    // Before the connection stands: not a word of somebody who made sure that she is not heard.
    for (const track of stream.getAudioTracks()) track.enabled = !former?.muted && !former?.held;
    this.ua.call(number, {
      mediaStream: stream,
      extraHeaders,
      pcConfig: { iceServers: [], bundlePolicy: "max-bundle" },
    });
  }

  /** Refuses while it rings, ends otherwise. */
  hangUp(): void {
    if (this.session && !this.session.isEnded()) this.session.terminate();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    if (muted) this.session?.mute({ audio: true });
    else this.session?.unmute({ audio: true });
    this.remember();
    this.changed();
  }

  hold(held: boolean): void {
    const session = this.session;
    if (!session?.isEstablished()) return;
    const done = () => {
      this.call = held ? "held" : "talking";
      this.changed();
    };
    if (!(held ? session.hold({}, done) : session.unhold({}, done))) return;
    this.out = held;
    this.remember();
  }

  /** Presses keys: telephone-events within the sound (RFC 4733), as any telephone does. */
  digits(text: string): void {
    if (!this.session?.isEstablished() || !DIGITS.test(text)) return;
    this.session.sendDTMF(text, { transportType: "RFC2833" as never, duration: 120, interToneGap: 80 });
  }

  /** How loud this side and the other side are now, 0 to 1; `speaks` tells whether somebody does. */
  get levels(): { own: number; heard: number; ownSpeaks: boolean; heardSpeaks: boolean } {
    return {
      own: this.ownMeter?.level ?? 0,
      heard: this.heardMeter?.level ?? 0,
      ownSpeaks: !this.muted && (this.ownMeter?.speaks ?? false),
      heardSpeaks: this.heardMeter?.speaks ?? false,
    };
  }

  /** Whom the mixer names as speaking now, by their numbers (CSRC, RFC 3550 section 5.1); null: it named nobody ever. */
  get speakers(): Set<number> | null {
    const receiver = this.session?.connection?.getReceivers().find((one) => one.track.kind === "audio");
    const named = receiver?.getContributingSources() ?? [];
    // Only the times of what came are compared with each other: browsers count them from different moments.
    const latest = Math.max(0, ...[...named, ...(receiver?.getSynchronizationSources() ?? [])].map((one) => one.timestamp));
    if (named.length) this.named = true;
    if (!this.named) return null;
    return new Set(named.filter((one) => latest - one.timestamp < SPOKE_MS).map((one) => one.source));
  }

  /** What is heard now; for whoever wants to look at it more closely. */
  get heard(): MediaStream | null {
    return this.audio.srcObject as MediaStream | null;
  }

  /** Goes over to the devices that are chosen now, in the middle of a call too. */
  async useChosen(): Promise<void> {
    await onSpeaker(this.audio);
    const sender = this.session?.connection?.getSenders().find((one) => one.track?.kind === "audio");
    if (!sender) return;
    const stream = await this.openMicrophone();
    const track = stream?.getAudioTracks()[0];
    if (!track) return;
    track.enabled = !this.muted && !this.out;
    await sender.replaceTrack(track);
  }

  /** Within a user's gesture: browsers let sound out only after one. */
  wake(): void {
    this.context ??= new AudioContext();
    void this.context.resume();
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }

  private lineIs(line: Line): void {
    this.line = line;
    this.changed();
  }

  private registered(): void {
    const again = this.line !== "ready";
    this.lineIs("ready");
    const former = kept(this.address);
    if (former && !this.session) {
      // RFC 3891: our own call goes on in this new dialog; whoever else is on it hears a pause.
      void this.invite(this.address, [replaces(former)], former);
    } else if (again) this.mend();
  }

  private taken(): void {
    // The other tab goes on with the call: what is kept of it stays, and nothing of it is ended from here.
    this.socket?.disconnect();
    this.drop();
    this.ua?.stop();
    this.ua = null;
    this.release?.();
    this.release = null;
    this.lineIs("taken");
  }

  private async openMicrophone(): Promise<MediaStream | null> {
    try {
      const stream = await microphone();
      close(this.own);
      this.own = stream;
      this.problem = null;
    } catch {
      if (!this.soundOptional) {
        this.problem = "microphone";
        this.changed();
        return null;
      }
      this.wake();
      this.own = this.context!.createMediaStreamDestination().stream;
    }
    this.wake();
    if (this.context) {
      this.ownMeter ??= new Meter(this.context);
      this.ownMeter.listen(this.own);
    }
    return this.own;
  }

  private begun({ session, originator }: IncomingRTCSessionEvent | OutgoingRTCSessionEvent): void {
    if (this.session && !this.session.isEnded()) {
      session.terminate({ status_code: 486 }); // one call at a time
      return;
    }
    const former = originator === "local" ? this.former : null;
    this.session = session;
    this.muted = former?.muted ?? false;
    this.out = former?.held ?? false;
    if (this.muted || this.out) session.mute({ audio: true });
    this.call = originator === "remote" ? "ringing" : "calling";
    session.on("peerconnection", ({ peerconnection }) => this.watch(peerconnection, session));
    if (session.connection) this.watch(session.connection, session);
    // The server is ICE-lite: it learns where we are from our checks, so nothing waits for all candidates.
    session.on("icecandidate", ({ ready }) => ready());
    session.on("confirmed", () => {
      this.confirmed(session);
      if (former?.held) this.holdAgain(session);
    });
    session.on("accepted", () => originator === "local" && this.confirmed(session));
    session.on("ended", () => this.over(session));
    session.on("failed", () => this.over(session));
    this.changed();
  }

  private confirmed(session: RTCSession): void {
    if (session !== this.session) return;
    this.remember();
    if (this.since) return;
    this.since = Date.now();
    if (!this.out) this.call = "talking";
    this.changed();
  }

  /** Keeps the call as it stands, for the page that is to take it over. */
  private remember(): void {
    type Dialog = { id: { call_id: string; local_tag: string; remote_tag: string } };
    const dialog = (this.session as unknown as { _dialog?: Dialog } | null)?._dialog;
    if (!dialog) return;
    const { call_id: callId, local_tag: localTag, remote_tag: remoteTag } = dialog.id;
    keep({ address: this.address, callId, localTag, remoteTag, muted: this.muted, held: this.out });
  }

  /** Holds a call that was taken over and held before, as soon as nothing else of it is being settled. */
  private holdAgain(session: RTCSession): void {
    if (session !== this.session || session.isOnHold().local) return;
    this.hold(true);
    if (!session.isOnHold().local) setTimeout(() => this.holdAgain(session), HOLD_AGAIN_MS);
    else if (!this.muted) session.unmute({ audio: true }); // what is held says nothing anyhow
  }

  private over(session: RTCSession): void {
    if (session !== this.session) return;
    forget();
    this.drop();
    this.changed();
  }

  private drop(): void {
    this.session = null;
    this.call = "none";
    this.since = 0;
    this.muted = false;
    this.out = false;
    close(this.own);
    this.own = null;
    this.ownMeter?.listen(null);
    this.heardMeter?.listen(null);
    this.audio.srcObject = null;
  }

  private watch(connection: RTCPeerConnection, session: RTCSession): void {
    connection.addEventListener("track", ({ track, streams }) => {
      const stream = streams[0] ?? new MediaStream([track]);
      this.audio.srcObject = stream;
      void onSpeaker(this.audio);
      void this.audio.play().catch(() => this.changed());
      this.wake();
      if (this.context) {
        this.heardMeter ??= new Meter(this.context);
        this.heardMeter.listen(stream);
      }
    });
    connection.addEventListener("iceconnectionstatechange", () => {
      clearTimeout(this.restarting);
      if (connection.iceConnectionState !== "disconnected") return;
      this.problem = "lost";
      this.changed();
      this.restarting = setTimeout(() => session === this.session && this.mend(), DISCONNECTED_MS);
    });
    connection.addEventListener("connectionstatechange", () => {
      if (connection.connectionState !== "connected") return;
      this.problem = null;
      this.changed();
    });
  }

  /** After a change of network: new candidates, the same call (RFC 8445 section 2.4). */
  private mend(): void {
    const session = this.session;
    if (!session?.isEstablished() || this.line !== "ready") return;
    const state = session.connection.iceConnectionState;
    if (state === "connected" || state === "completed") return;
    session.renegotiate({ rtcOfferConstraints: { iceRestart: true } });
  }
}

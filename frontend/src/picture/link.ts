// One picture between two browsers: video and nothing else, one offer and one answer with all candidates in them, so
// that whoever carries them needs to carry two texts. Sound goes its own way (softphone.ts).

/** How the other page may be reached, as the server says it. */
export interface Ways {
  servers: RTCIceServer[];
  relay: boolean;
}

const MOST_BITS = 500_000;
const MOST_FRAMES = 24;
const GATHERED_MS = 3000; // a relay that does not answer must not hold up a direct way
const LOOK_MS = 500;
const STILL_MS = 3000; // without a frame for so long nobody is to be seen
const BROKEN_MS = 5000; // ICE may mend itself within

/** connecting · connected · broken (for good: another offer is needed) */
export type LinkState = "connecting" | "connected" | "broken";

export class Link extends EventTarget {
  state: LinkState = "connecting";
  /** Whether frames of the other side arrive. */
  seen = false;

  private readonly connection: RTCPeerConnection;
  private sender: RTCRtpSender | null = null;
  private readonly looking: ReturnType<typeof setInterval>;
  private breaking: ReturnType<typeof setTimeout> | undefined;
  private frames = 0;
  private lastFrame = 0;

  constructor(
    ways: Ways,
    private readonly theirs: HTMLVideoElement,
  ) {
    super();
    this.connection = new RTCPeerConnection({
      iceServers: ways.servers,
      iceTransportPolicy: ways.relay ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.connection.addEventListener("track", ({ track }) => {
      this.theirs.srcObject = new MediaStream([track]);
      void this.theirs.play().catch(() => undefined);
    });
    this.connection.addEventListener("connectionstatechange", () => this.turned());
    this.looking = setInterval(() => void this.look(), LOOK_MS);
  }

  /** The caller's side begins; `track` is its camera. */
  async offer(track: MediaStreamTrack | null): Promise<string> {
    const sendEncodings = [{ maxBitrate: MOST_BITS, maxFramerate: MOST_FRAMES }];
    this.sender = this.connection.addTransceiver(track ?? "video", { direction: "sendrecv", sendEncodings }).sender;
    await this.connection.setLocalDescription(await this.connection.createOffer());
    return this.gathered();
  }

  /** Whether the other side's answer came. */
  get isAnswered(): boolean {
    return this.connection.signalingState === "stable" && this.connection.remoteDescription !== null;
  }

  async answered(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: "answer", sdp });
    await this.restrain();
  }

  /** The other side's answer to an offer; a camera may come later. */
  async answer(sdp: string, track: MediaStreamTrack | null): Promise<string> {
    await this.connection.setRemoteDescription({ type: "offer", sdp });
    const transceiver = this.connection.getTransceivers()[0]!;
    transceiver.direction = "sendrecv";
    this.sender = transceiver.sender;
    await this.show(track);
    await this.connection.setLocalDescription(await this.connection.createAnswer());
    await this.restrain();
    return this.gathered();
  }

  /** Sends another camera's picture from now on, or none; nothing is negotiated for it. */
  async show(track: MediaStreamTrack | null): Promise<void> {
    await this.sender?.replaceTrack(track);
  }

  close(): void {
    clearInterval(this.looking);
    clearTimeout(this.breaking);
    this.connection.close();
    this.theirs.srcObject = null;
    this.seen = false;
  }

  /** At most so many bits; where they do not suffice, the picture gets coarser before it gets slower. */
  private async restrain(): Promise<void> {
    const parameters = this.sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    parameters.degradationPreference = "maintain-framerate";
    for (const encoding of parameters.encodings) {
      encoding.maxBitrate = MOST_BITS;
      encoding.maxFramerate = MOST_FRAMES;
    }
    await this.sender!.setParameters(parameters).catch(() => undefined); // a browser that knows no such wish
  }

  private async gathered(): Promise<string> {
    const connection = this.connection;
    if (connection.iceGatheringState !== "complete") {
      await new Promise<void>((done) => {
        setTimeout(done, GATHERED_MS);
        connection.addEventListener("icegatheringstatechange", () => connection.iceGatheringState === "complete" && done());
      });
    }
    return connection.localDescription!.sdp;
  }

  private turned(): void {
    const now = this.connection.connectionState;
    clearTimeout(this.breaking);
    if (now === "connected") this.become("connected");
    if (now === "failed") this.become("broken");
    if (now === "disconnected") this.breaking = setTimeout(() => this.become("broken"), BROKEN_MS);
  }

  private become(state: LinkState): void {
    this.state = state;
    if (state === "broken") this.seen = false;
    this.dispatchEvent(new Event("change"));
  }

  private async look(): Promise<void> {
    let frames = 0;
    for (const one of (await this.connection.getStats()).values() as Iterable<{ type: string; framesDecoded?: number }>) {
      if (one.type === "inbound-rtp") frames += one.framesDecoded ?? 0;
    }
    if (frames !== this.frames) this.lastFrame = Date.now();
    this.frames = frames;
    const seen = this.state === "connected" && frames > 0 && Date.now() - this.lastFrame < STILL_MS;
    if (seen === this.seen) return;
    this.seen = seen;
    this.dispatchEvent(new Event("change"));
  }
}

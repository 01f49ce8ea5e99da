// The sound of a call: one file with a channel for each track, so one clock; the browser changes the speed and keeps the
// pitch of all channels together. Each channel goes through a gain of its own to the ears.

const RAMP_SECONDS = 0.01; // no click when a track is muted

export class Tape {
  #audio = new Audio();
  #context = new AudioContext();
  #gains;
  #wanted = 0; // seconds, until the file's beginning has been read
  #length;

  /** Nothing is fetched before the first play. `told`: called as (kind, event) with "time", "ended", "failed". */
  constructor(url, channels, length, told) {
    this.#length = length;
    this.#audio.preload = "none";
    this.#audio.preservesPitch = true;
    this.#audio.src = url;
    const splitter = new ChannelSplitterNode(this.#context, { numberOfOutputs: channels });
    new MediaElementAudioSourceNode(this.#context, { mediaElement: this.#audio }).connect(splitter);
    this.#gains = Array.from({ length: channels }, (_, channel) => {
      const gain = new GainNode(this.#context, { channelCount: 1, channelCountMode: "explicit" });
      splitter.connect(gain, channel);
      gain.connect(this.#context.destination);
      return gain;
    });
    this.#audio.addEventListener("timeupdate", () => told("time"));
    this.#audio.addEventListener("ended", () => told("ended"));
    this.#audio.addEventListener("error", () => told("failed"));
    this.#audio.addEventListener("loadedmetadata", () => this.#arrive());
  }

  get playing() {
    return !this.#audio.paused && !this.#audio.ended;
  }

  /** Seconds. */
  get position() {
    return Math.min(this.#length, this.#audio.readyState ? this.#audio.currentTime : this.#wanted);
  }

  set position(seconds) {
    this.#wanted = Math.max(0, Math.min(this.#length, seconds));
    this.#arrive();
  }

  set speed(rate) {
    this.#audio.defaultPlaybackRate = rate;
    this.#audio.playbackRate = rate;
  }

  #arrive() {
    if (this.#audio.readyState) this.#audio.currentTime = this.#wanted;
  }

  /** Let a channel be heard or not. */
  hear(channel, audible) {
    this.#gains[channel].gain.setTargetAtTime(audible ? 1 : 0, this.#context.currentTime, RAMP_SECONDS / 3);
  }

  async play() {
    if (this.position >= this.#length) this.position = 0;
    await this.#context.resume();
    await this.#audio.play();
  }

  pause() {
    this.#audio.pause();
  }

  /** Let everything go. */
  close() {
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#context.close();
  }
}

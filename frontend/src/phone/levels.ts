// How loud a stream is, for meters and speaking lights.

const FLOOR_DB = -60;
const SPEAKS_DB = -42;

/** Measures one stream at a time. `level` is 0 (silence, -60 dBFS) to 1 (full scale), on a scale of decibels. */
export class Meter {
  private source: MediaStreamAudioSourceNode | null = null;
  private readonly analyser: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(private readonly context: AudioContext) {
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
  }

  listen(stream: MediaStream | null): void {
    this.source?.disconnect();
    this.source = stream && stream.getAudioTracks().length ? this.context.createMediaStreamSource(stream) : null;
    this.source?.connect(this.analyser);
  }

  private decibels(): number {
    if (!this.source) return -Infinity;
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    return 10 * Math.log10(sum / this.samples.length);
  }

  get level(): number {
    return Math.min(1, Math.max(0, 1 - this.decibels() / FLOOR_DB));
  }

  get speaks(): boolean {
    return this.decibels() > SPEAKS_DB;
  }
}

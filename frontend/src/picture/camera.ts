// The own camera: opened by a click and no sooner, let go of at once, so that its light tells the truth.

const WANTED: MediaTrackConstraints = {
  width: { ideal: 640 },
  height: { ideal: 360 },
  frameRate: { ideal: 24, max: 24 },
  facingMode: "user",
};

export class Camera extends EventTarget {
  private stream: MediaStream | null = null;

  get track(): MediaStreamTrack | null {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** Shows it in `own`; false where there is no camera, or the person or the browser refuses it. */
  async open(own: HTMLVideoElement): Promise<boolean> {
    if (this.track) return true;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
    } catch {
      return false;
    }
    const track = this.track!;
    track.contentHint = "motion"; // hands and faces: rather coarse than late
    track.addEventListener("ended", () => {
      this.close(own);
      this.dispatchEvent(new Event("lost"));
    });
    own.srcObject = this.stream;
    void own.play().catch(() => undefined);
    return true;
  }

  close(own: HTMLVideoElement): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    own.srcObject = null;
  }
}

// A citizen's picture beside the call: asked for by her, offered when an interpreter is on, offered again after a break
// or to the next interpreter. Whatever goes wrong with it, the voice goes on and a sentence says so.

import { Camera } from "./camera";
import { Link, type Ways } from "./link";

const TRIES = 3; // offers in a row that came to nothing
const WANTED = "yuqiao-picture";

/** What the server tells of the picture with the state of the call. */
export interface Told {
  may: boolean;
  id: string;
  answer: string;
  refused: boolean;
  again: boolean;
}

type Post = (url: string, fields: Record<string, string>) => Promise<Response>;

export class CallerPicture {
  private readonly camera = new Camera();
  private readonly mine: HTMLVideoElement;
  private readonly theirs: HTMLVideoElement;
  private readonly button = document.getElementById("camera")!;
  private link: Link | null = null;
  private wanted = sessionStorage.getItem(WANTED) === "1";
  private id = ""; // of the offer that stands
  private tries = 0;
  private busy = false;
  private may = false;
  private refused = ""; // the offer that she refused
  private problem: "" | "no-camera" | "failed" = "";

  /** Counts what was sent: what the server said before is out of date. */
  round = 0;

  /** `part` shows the pictures; `seat` names the call to the server. */
  constructor(
    private readonly part: HTMLElement,
    private readonly url: string,
    private readonly post: Post,
    private readonly seat: () => string,
  ) {
    this.mine = part.querySelector<HTMLVideoElement>("#mine")!;
    this.theirs = part.querySelector<HTMLVideoElement>("#theirs")!;
    this.camera.addEventListener("lost", () => this.cameraGone());
    this.button.addEventListener("click", () => void (this.camera.track ? this.hide() : this.want()));
    this.show();
  }

  /** Whether the server is to be asked often: something is being set up. */
  get urgent(): boolean {
    return this.wanted && !this.refused && this.link?.state !== "connected" && this.tries < TRIES;
  }

  /** Opens the camera, within a click. */
  async want(): Promise<void> {
    this.problem = "";
    const opened = await this.camera.open(this.mine);
    if (!opened) this.problem = "no-camera";
    else {
      this.wanted = true;
      this.tries = 0;
      sessionStorage.setItem(WANTED, "1");
      if (this.refused) this.drop(); // asks anew
      this.refused = "";
      await this.link?.show(this.camera.track);
    }
    this.show();
  }

  /** After a reload in the call: as it was before. */
  async restore(): Promise<void> {
    if (this.wanted) await this.want();
  }

  /** The server's word on the picture, asked for in `round`; undefined where there is none in this call. */
  told(told: Told | undefined, round: number): void {
    if (round !== this.round || this.busy) return;
    this.may = told?.may ?? false;
    if (this.refused && told?.id !== this.refused) this.refused = ""; // by somebody who is gone
    if (!told || !told.may) {
      if (this.link) this.drop();
    } else if (told.refused && told.id === this.id) this.isRefused(told.id);
    else if (this.link && told.id === this.id && !told.again) {
      if (told.answer) void this.isAnswered(told.answer);
    } else if (this.wanted && this.camera.track && !this.refused && this.tries < TRIES) void this.offer();
    this.show();
  }

  /** The call is over: nothing of it stays. */
  over(): void {
    this.drop();
    this.letGo();
    this.may = false;
    this.refused = "";
    this.tries = 0;
    this.problem = "";
    this.show();
  }

  private async hide(): Promise<void> {
    this.letGo();
    await this.link?.show(null);
    this.show();
  }

  private cameraGone(): void {
    this.problem = "no-camera";
    void this.hide();
  }

  private async offer(): Promise<void> {
    this.busy = true;
    this.round += 1;
    this.drop();
    this.tries += 1;
    try {
      const ways = (await (await this.send({})).json()) as Ways;
      const link = new Link(ways, this.theirs);
      this.link = link;
      link.addEventListener("change", () => this.turned(link));
      const answer = await this.send({ offer: await link.offer(this.camera.track) });
      this.id = ((await answer.json()) as { id: string }).id;
    } catch {
      this.drop(); // the next word of the server tries again
    }
    this.round += 1;
    this.busy = false;
    this.show();
  }

  private async send(fields: Record<string, string>): Promise<Response> {
    const answer = await this.post(this.url, { seat: this.seat(), ...fields });
    if (!answer.ok) throw new Error(`no picture: ${answer.status}`);
    return answer;
  }

  private async isAnswered(sdp: string): Promise<void> {
    const link = this.link!;
    if (link.isAnswered) return;
    try {
      await link.answered(sdp);
    } catch {
      if (link === this.link) this.drop();
    }
  }

  private isRefused(id: string): void {
    this.refused = id;
    this.drop();
    this.letGo(); // nobody looks
  }

  private letGo(): void {
    this.camera.close(this.mine);
    this.wanted = false;
    sessionStorage.removeItem(WANTED);
  }

  private turned(link: Link): void {
    if (link !== this.link) return;
    if (link.state === "connected") this.tries = 0;
    if (link.state === "broken") {
      this.drop();
      if (this.tries >= TRIES) {
        this.problem = "failed";
        this.letGo();
      }
    }
    this.show();
  }

  private drop(): void {
    this.link?.close();
    this.link = null;
    this.id = "";
  }

  private words(): string {
    if (this.problem) return this.problem;
    if (this.refused) return "refused";
    if (!this.wanted && !this.link) return "";
    if (!this.may) return "soon";
    if (this.link?.state === "connected") return this.link.seen || !this.camera.track ? "" : "unseen";
    return this.camera.track ? "asked" : "";
  }

  private show(): void {
    const words = this.words();
    for (const one of document.querySelectorAll<HTMLElement>("[data-picture-words]")) {
      one.hidden = !words || !one.dataset["pictureWords"]!.split(" ").includes(words);
    }
    this.button.setAttribute("aria-pressed", String(!!this.camera.track));
    this.mine.hidden = !this.camera.track;
    this.theirs.hidden = !this.link?.seen;
    this.part.hidden = this.mine.hidden && this.theirs.hidden;
    this.part.dataset["picture"] = this.link?.state ?? "none";
  }
}

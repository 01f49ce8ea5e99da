// The picture at the interpreter's desk: she is asked, sees the caller if she likes, and shows herself only by a click.

import { Camera } from "../picture/camera";
import { Link, type Ways } from "../picture/link";

const LOOK_MS = 1000;
const SEES = "yuqiao-picture-of"; // the call in which she sees the caller, for a page that is loaded anew

interface Offered extends Ways {
  id: string;
  offer: string;
  answered: boolean;
}

type Post = (url: string, fields: Record<string, string>) => Promise<Response>;

class DeskPicture {
  private readonly camera = new Camera();
  private readonly mine: HTMLVideoElement;
  private readonly theirs: HTMLVideoElement;
  private link: Link | null = null;
  private url = ""; // of the call's picture
  private id = ""; // of the offer that she was asked about, or that stands
  private waiting: Offered | null = null;
  private problem: "" | "no-camera" | "failed" = "";
  private busy = false;

  constructor(
    private readonly part: HTMLElement,
    private readonly post: Post,
  ) {
    this.mine = part.querySelector<HTMLVideoElement>("#mine")!;
    this.theirs = part.querySelector<HTMLVideoElement>("#theirs")!;
    this.camera.addEventListener("lost", () => this.cameraGone());
    this.on("see", () => this.accept(false));
    this.on("see-and-show", () => this.accept(true));
    this.on("show-me", () => (this.camera.track ? this.hide() : this.showMyself()));
    this.on("no-picture", () => this.refuse());
    this.show();
    void this.watch();
  }

  private on(id: string, act: () => Promise<void>): void {
    document.getElementById(id)!.addEventListener("click", () => void act().then(() => this.show()));
  }

  private get agreed(): boolean {
    return this.url !== "" && sessionStorage.getItem(SEES) === this.url;
  }

  private async watch(): Promise<void> {
    const url = document.querySelector<HTMLElement>("#desk-live [data-picture]")?.dataset["picture"] ?? "";
    if (url !== this.url) this.leave(url);
    if (url && !this.busy) {
      try {
        const answer = await fetch(url);
        if (answer.status === 403) this.leave("");
        else if (answer.ok && !answer.redirected && !this.busy) await this.told((await answer.json()) as Offered);
      } catch {
        // The next round asks again; what there is to see goes on without the server.
      }
    }
    this.show();
    setTimeout(() => void this.watch(), LOOK_MS);
  }

  private async told(offered: Offered): Promise<void> {
    if (!offered.id) return this.stop();
    if (offered.id === this.id) return;
    if (offered.answered) {
      // By this page before it was loaded anew; where another tab did, that one has the picture.
      if (!this.agreed || this.link) return;
      this.id = offered.id;
      await this.ask("again", {});
      return;
    }
    this.drop();
    this.id = offered.id;
    this.waiting = offered;
    if (this.agreed) await this.answer();
  }

  private async accept(herself: boolean): Promise<void> {
    if (herself && !(await this.camera.open(this.mine))) this.problem = "no-camera";
    sessionStorage.setItem(SEES, this.url);
    await this.answer();
  }

  private async answer(): Promise<void> {
    const offered = this.waiting;
    if (!offered || this.busy) return;
    this.busy = true;
    this.waiting = null;
    const link = new Link(offered, this.theirs);
    this.link = link;
    link.addEventListener("change", () => this.turned(link, offered.id));
    try {
      const answer = await link.answer(offered.offer, this.camera.track);
      const said = await this.ask("answer", { answer, herself: this.camera.track ? "1" : "" });
      if (!said.ok) throw new Error(`not taken: ${said.status}`);
    } catch {
      if (link === this.link) this.drop();
      this.id = ""; // asked again if the offer still stands
    }
    this.busy = false;
  }

  private turned(link: Link, id: string): void {
    if (link !== this.link) return;
    if (link.state === "connected") {
      this.problem = this.problem === "failed" ? "" : this.problem;
      void this.ask("began", {}, id);
    }
    if (link.state === "broken") {
      this.problem = "failed";
      this.drop(); // the caller's page offers again
    }
    this.show();
  }

  private async showMyself(): Promise<void> {
    this.problem = (await this.camera.open(this.mine)) ? "" : "no-camera";
    await this.link?.show(this.camera.track);
  }

  private async hide(): Promise<void> {
    this.camera.close(this.mine);
    await this.link?.show(null);
  }

  private cameraGone(): void {
    this.problem = "no-camera";
    void this.hide().then(() => this.show());
  }

  private async refuse(): Promise<void> {
    const id = this.id;
    this.stop();
    sessionStorage.removeItem(SEES);
    await this.ask("refuse", {}, id);
  }

  private ask(what: string, fields: Record<string, string>, id = this.id): Promise<Response> {
    return this.post(this.url, { ask: what, id, ...fields });
  }

  /** The picture is over; the call may go on. */
  private stop(): void {
    this.drop();
    this.camera.close(this.mine);
    this.waiting = null;
    this.id = "";
    this.problem = "";
  }

  private leave(url: string): void {
    this.stop();
    this.url = url;
  }

  private drop(): void {
    this.link?.close();
    this.link = null;
  }

  private show(): void {
    const on = this.link !== null;
    const parts: Record<string, boolean> = {
      asked: this.waiting !== null && !this.agreed,
      on,
      unseen: on && this.link!.state === "connected" && !this.link!.seen,
      connecting: on && this.link!.state === "connecting",
      "no-camera": this.problem === "no-camera",
      failed: this.problem === "failed",
    };
    for (const one of this.part.querySelectorAll<HTMLElement>("[data-when-picture]")) {
      one.hidden = !parts[one.dataset["whenPicture"]!];
    }
    document.getElementById("show-me")!.setAttribute("aria-pressed", String(!!this.camera.track));
    this.mine.hidden = !this.camera.track;
    this.theirs.hidden = !this.link?.seen;
    this.part.hidden = !Object.values(parts).some(Boolean);
    this.part.dataset["state"] = this.link?.state ?? "none";
  }
}

/** Begins to look for pictures in the part of that name, where the page has it. */
export function pictures(post: Post): void {
  const part = document.getElementById("picture");
  if (part) new DeskPicture(part, post);
}

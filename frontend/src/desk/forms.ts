// Forms of the part that refreshes itself are sent without leaving the page: leaving it would interrupt her call.

/** The part that refreshes itself: a desk's, or that of a running call's page. */
const LIVE = "#desk-live, #call-live";

function failed(said: HTMLElement): void {
  said.textContent = said.dataset["failed"] ?? "";
  said.classList.add("alert");
}

/** Shows what the server said in the page it answered with. */
async function tell(answer: Response, said: HTMLElement): Promise<void> {
  if (!answer.ok) return failed(said);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const messages = page.querySelector(".messages");
  said.classList.remove("alert");
  said.replaceChildren(...(messages ? [document.adoptNode(messages)] : []));
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const said = document.getElementById("said")!;
  try {
    const body = new FormData(form, submitter);
    await tell(await fetch(form.action, { method: "POST", body }), said);
  } catch {
    failed(said);
  }
  refreshNow();
}

export function refreshNow(): void {
  document.querySelector(LIVE)?.dispatchEvent(new Event("refresh-now", { bubbles: true }));
}

/** Sends forms quietly, all unless `quietly` says which; links open beside the page while `busy`. */
export function stayOnPage(busy: () => boolean, quietly: (form: HTMLFormElement) => boolean = () => true): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.method !== "post" || !form.closest(LIVE) || !quietly(form)) return;
    event.preventDefault();
    void send(form, event.submitter);
  });
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
    if (!link || !busy() || link.target || link.getAttribute("href")!.startsWith("#")) return;
    event.preventDefault();
    open(link.href, "_blank", "noopener");
  });
}

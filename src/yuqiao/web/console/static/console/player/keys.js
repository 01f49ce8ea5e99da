// Keys of the player: single letters, so they can be switched off (WCAG 2.2, 2.1.4); never while a field is written in.

const KEPT = "yuqiao-player-keys";

/** Let keys do what `acts` say: by event.key (letters small) -> what to do; a returned false lets the key pass on. */
export function listenToKeys(box, acts) {
  box.checked = localStorage.getItem(KEPT) !== "0";
  box.addEventListener("change", () => localStorage.setItem(KEPT, box.checked ? "1" : "0"));
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    const pressed = event.target.closest("button, summary, a, input");
    if (field || (pressed && (event.key === " " || event.key === "Enter"))) return;
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || act(event) === false) return;
    event.preventDefault();
  });
}

// Timers that run on the server's clock, however wrong this machine's own is.

let offset = null; // server time minus ours, in ms

/** Note what the server's clock said just now. The largest difference travelled the shortest way. */
export function heard(serverMs) {
  const difference = serverMs - Date.now();
  offset = offset === null ? difference : Math.max(offset, difference);
}

/** The server's present moment, in ms since 1970. */
export function serverNow() {
  return Date.now() + (offset ?? 0);
}

/** m:ss, or h:mm:ss from an hour on. */
export function duration(ms) {
  const whole = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const rest = `${Math.floor((whole % 3600) / 60)}`;
  return hours ? `${hours}:${two(rest)}:${two(whole % 60)}` : `${rest}:${two(whole % 60)}`;
}

/** Write every timer below `root`. */
export function paint(root = document) {
  const now = serverNow();
  for (const timer of root.querySelectorAll("time.timer")) {
    const { since, due, warn, alarm, warnBefore } = timer.dataset;
    const left = due === undefined ? 0 : Number(due) - now;
    const ms = due === undefined ? now - Number(since) : Math.abs(left);
    const text = duration(ms);
    if (timer.textContent !== text) timer.textContent = text;
    let level = "";
    if (warn && ms >= Number(warn) * 1000) level = "warn";
    if (alarm && ms >= Number(alarm) * 1000) level = "alarm";
    if (warnBefore && left < Number(warnBefore) * 1000) level = left < 0 ? "alarm" : "warn";
    if ((timer.dataset.level ?? "") !== level) timer.dataset.level = level;
  }
}

/** Keep all timers running. */
export function startTimers() {
  paint();
  setInterval(paint, 500, document);
}

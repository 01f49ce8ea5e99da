// Answers that speak of this moment alone: a server that restarts, a proxy before it, too many questions.

const AT_OTHER_TIMES = [408, 425, 429];

/** Whether the same question is to be asked again a little later. */
export function later(status) {
  return status >= 500 || AT_OTHER_TIMES.includes(status);
}

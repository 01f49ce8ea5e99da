// Where playing goes by itself: over long pauses, and back to where a repeated passage begins.

const NEAR_SECONDS = 0.1; // so near its end a pause is not worth a jump

/**
 * Where to jump, in seconds, when playing went on from `before` to `at`; null: nowhere. `pauses`: [begin, end] in
 * seconds; `passage`: {from, until} or null.
 */
export function onward(before, at, { pauses, skip, passage, repeat }) {
  if (repeat && passage && before < passage.until && at >= passage.until) return passage.from;
  const pause = skip && pauses.find(([begin, end]) => begin <= at && at < end - NEAR_SECONDS);
  if (!pause) return null;
  const round = repeat && passage && at < passage.until && pause[1] >= passage.until && at >= passage.from;
  return round ? passage.from : pause[1];
}

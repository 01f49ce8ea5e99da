// Waveforms: levels that the server measured, drawn on a canvas in the track's own colour.

/** Levels as they travel: base64 of one byte for each equal part of the recording. */
export function unpacked(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** The loudest (0 to 1) of `levels` in each of `count` equal parts of the same time. */
export function columns(levels, count) {
  const result = new Float32Array(count);
  for (let column = 0; column < count; column += 1) {
    const first = Math.floor((column * levels.length) / count);
    const end = Math.max(first + 1, Math.floor(((column + 1) * levels.length) / count));
    let loudest = 0;
    for (let n = first; n < end && n < levels.length; n += 1) loudest = Math.max(loudest, levels[n]);
    result[column] = loudest / 255;
  }
  return result;
}

/** Draw `heights` on `canvas`, the part before `share` (0 to 1) strong, the rest pale. */
export function draw(canvas, heights, share, colour) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const middle = height / 2;
  const played = share * width;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  for (let x = 0; x < heights.length; x += 1) {
    const half = Math.max(0.5, heights[x] * (middle - 1));
    context.globalAlpha = x < played ? 1 : 0.42;
    context.fillRect(x, middle - half, 1, 2 * half);
  }
  context.globalAlpha = 1;
}

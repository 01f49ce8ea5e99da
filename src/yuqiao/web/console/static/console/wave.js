// Waveforms: the loudest sample of each column, drawn on a canvas in the track's own colour.

/** Loudest absolute sample (0 to 1) in each of `columns` equal parts of `samples`. */
export function peaks(samples, columns) {
  const result = new Float32Array(columns);
  for (let column = 0; column < columns; column += 1) {
    const end = Math.floor(((column + 1) * samples.length) / columns);
    let loudest = 0;
    for (let n = Math.floor((column * samples.length) / columns); n < end; n += 1) {
      const size = Math.abs(samples[n]);
      if (size > loudest) loudest = size;
    }
    result[column] = loudest;
  }
  return result;
}

/** Draw `levels` on `canvas`, the part before `share` (0 to 1) strong, the rest pale. */
export function draw(canvas, levels, share, colour) {
  const context = canvas.getContext("2d");
  const { width, height } = canvas;
  const middle = height / 2;
  const played = share * width;
  context.clearRect(0, 0, width, height);
  context.fillStyle = colour;
  for (let x = 0; x < levels.length; x += 1) {
    // The square root lets quiet speech be seen beside loud speech.
    const half = Math.max(0.5, Math.sqrt(levels[x]) * (middle - 1));
    context.globalAlpha = x < played ? 1 : 0.42;
    context.fillRect(x, middle - half, 1, 2 * half);
  }
  context.globalAlpha = 1;
}

/**
 * Windows `[rows, size, channels]` that no person makes and a phone may still see: nothing at all, sensors at rest on
 * one value, values far beyond any sensor's range (100 g; accelerometers of phones end at 16) and values at the foot
 * of float32's sixth decimal, each once constant and once alternating in sign.
 */
export function adversarialWindows(size: number, channels: number): Float32Array {
  const row = size * channels;
  const levels = [0, 1, 100, 1e-6];
  const windows = new Float32Array(2 * levels.length * row);
  for (const [level, value] of levels.entries()) {
    windows.fill(value, 2 * level * row, (2 * level + 1) * row);
    for (let index = 0; index < row; index += 1) {
      const even = Math.floor(index / channels) % 2 === 0;
      windows[(2 * level + 1) * row + index] = even ? value : -value;
    }
  }
  return windows;
}

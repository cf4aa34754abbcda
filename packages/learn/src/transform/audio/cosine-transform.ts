/**
 * The first `rows` rows of the orthonormal discrete cosine transform of type II of `size` numbers, `[rows, size]`, as
 * `scipy.fft.dct(x, type=2, norm="ortho")`.
 *
 * @example
 * const matrix = cosineTransform(13, 40);
 */
export function cosineTransform(rows: number, size: number): Float64Array {
  const matrix = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++)
    for (let t = 0; t < size; t++)
      matrix[row * size + t] =
        Math.sqrt((row === 0 ? 1 : 2) / size) *
        // The angle of a whole turn less: modulo 4 size.
        Math.cos((Math.PI * ((row * (2 * t + 1)) % (4 * size))) / (2 * size));
  return matrix;
}

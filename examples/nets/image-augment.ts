import type { Batch, Random } from "@tideline/learn";

/**
 * Moves each image by up to `most` pixels along both sides, whole pixels or parts of one (bilinear), with zeros from
 * outside: people do not write in the middle.
 */
export function moved(height: number, width: number, most: number): (batch: Batch, random: Random) => void {
  const before = new Float32Array(height * width);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width ? 0 : before[row * width + column]!;
  return ({ inputs }, random) => {
    const values = inputs["x"]!.values as Float32Array;
    for (let start = 0; start < values.length; start += height * width) {
      before.set(values.subarray(start, start + height * width));
      const [down, right] = [most * (2 * random.uniform() - 1), most * (2 * random.uniform() - 1)];
      const [wholeDown, wholeRight] = [Math.floor(down), Math.floor(right)];
      const [partDown, partRight] = [down - wholeDown, right - wholeRight];
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const [y, x] = [row - wholeDown, column - wholeRight];
          values[start + row * width + column] =
            (1 - partDown) * ((1 - partRight) * at(y, x) + partRight * at(y, x - 1)) +
            partDown * ((1 - partRight) * at(y - 1, x) + partRight * at(y - 1, x - 1));
        }
    }
  };
}

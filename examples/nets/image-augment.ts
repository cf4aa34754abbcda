import type { nets } from "@tideline/learn/net";

/** How far images are moved and bent at most. */
export interface ImageChange {
  /** Pixels along each side. */
  readonly move: number;
  /** Degrees of a rotation about the middle. Default 0. */
  readonly turn?: number;
  /** By what part the size of each side and the slant change. Default 0. */
  readonly stretch?: number;
}

/**
 * Moves, turns and stretches each image a little (bilinear, zeros from outside): people do not write alike, nor in the
 * middle.
 */
export function changedImages(
  height: number,
  width: number,
  { move, turn = 0, stretch = 0 }: ImageChange,
): NonNullable<nets.NetFitOptions["augment"]> {
  const before = new Float32Array(height * width);
  const at = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width ? 0 : before[row * width + column]!;
  const [midRow, midColumn] = [(height - 1) / 2, (width - 1) / 2];
  return ({ inputs }, random) => {
    const values = inputs["x"]!.values as Float32Array;
    const within = (most: number) => most * (2 * random.uniform() - 1);
    for (let start = 0; start < values.length; start += height * width) {
      before.set(values.subarray(start, start + height * width));
      const angle = within((turn * Math.PI) / 180);
      const [tall, wide, slant] = [1 + within(stretch), 1 + within(stretch), within(stretch)];
      const [down, right] = [within(move), within(move)];
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const [y, x] = [row - midRow - down, column - midColumn - right];
          const fromRow = tall * (c * y - s * x) + midRow;
          const fromColumn = wide * (s * y + c * x + slant * y) + midColumn;
          const [wholeRow, wholeColumn] = [Math.floor(fromRow), Math.floor(fromColumn)];
          const [partRow, partColumn] = [fromRow - wholeRow, fromColumn - wholeColumn];
          values[start + row * width + column] =
            (1 - partRow) *
              ((1 - partColumn) * at(wholeRow, wholeColumn) + partColumn * at(wholeRow, wholeColumn + 1)) +
            partRow *
              ((1 - partColumn) * at(wholeRow + 1, wholeColumn) +
                partColumn * at(wholeRow + 1, wholeColumn + 1));
        }
    }
  };
}

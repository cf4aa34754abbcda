/** Pixels along the axis within which points would lie on each other. */
const CELL = 4;

/**
 * By how much points of a strip are moved off its middle so that dense places grow wide: the points of a cell are spread
 * evenly, in the order in which they come, at most to `reach` on either side.
 */
export function swarmOffsets(xs: readonly number[], reach: number): readonly number[] {
  const cells = new Map<number, number>();
  const places = xs.map((x) => {
    const cell = Math.round(x / CELL);
    const place = cells.get(cell) ?? 0;
    cells.set(cell, place + 1);
    return { cell, place };
  });
  return places.map(({ cell, place }) => {
    const step = Math.min(CELL, (2 * reach) / cells.get(cell)!);
    // 0, 1, -1, 2, -2, ...
    const side = place % 2 === 1 ? 1 : -1;
    return side * Math.ceil(place / 2) * step;
  });
}

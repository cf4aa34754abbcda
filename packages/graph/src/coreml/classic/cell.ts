import { FIRST, LAST, firstPlace, numberAt, placeOf } from "./float-order.ts";

/** The straight line `scale * (x + shift)` that a piece stands for but for the rounding. */
export interface Line {
  readonly scale: number;
  readonly shift: number;
}

/** A part of a cell: for numbers up to the one at the place `to`, from where the piece before ends. */
export interface Piece {
  readonly to: number;
  /** The same for all numbers of the piece, or what follows them: upwards (1) or downwards (-1) throughout. */
  readonly rule:
    | { readonly value: number }
    | { readonly of: (x: number) => number; readonly way: 1 | -1; readonly line?: Line };
}

/**
 * What stands in one place of a row: a function of one column of the model's inputs, known for every number of single
 * precision. A constant is a function of no column, -1.
 */
export interface Cell {
  readonly column: number;
  /** From -Infinity to Infinity. */
  readonly pieces: readonly Piece[];
  /** What it is where the column is NaN. */
  readonly missing: number;
}

/** Pieces beyond which nobody would want to have a file. */
export const MOST_PIECES = 20_000;

/** The same for every row. */
export const constantCell = (value: number): Cell => ({
  column: -1,
  pieces: [{ to: LAST, rule: { value } }],
  missing: value,
});

const itself = (x: number): number => x;

/** A column as it comes. */
export const columnCell = (column: number): Cell => ({
  column,
  pieces: [{ to: LAST, rule: { of: itself, way: 1, line: { scale: 1, shift: 0 } } }],
  missing: Number.NaN,
});

/** Whether a cell is its column: one that a sum changes and the next changes back has lost small numbers. */
export const isColumn = ({ pieces, missing }: Cell): boolean => {
  const { rule } = pieces[0]!;
  return pieces.length === 1 && Number.isNaN(missing) && "of" in rule && rule.of === itself;
};

/** A column of codes from -1 to `count - 1`, what lies beside them being counted to the nearest. */
export const codeCell = (column: number, count: number): Cell => ({
  column,
  pieces: Array.from({ length: count + 1 }, (_, at) => ({
    to: at === count ? LAST : placeOf(at - 1),
    rule: { value: at - 1 },
  })),
  missing: -1,
});

/** Whether a cell is a constant on each of its pieces. */
export const isStep = ({ pieces }: Cell): boolean => pieces.every(({ rule }) => "value" in rule);

/** The constant that a cell is; undefined where it follows its column. */
export function constantOf({ pieces, missing }: Cell): number | undefined {
  const { rule } = pieces[0]!;
  return pieces.length === 1 && "value" in rule && Object.is(rule.value, missing) ? rule.value : undefined;
}

/** A cell without borders that nothing changes at. */
export function joined(column: number, pieces: readonly Piece[], missing: number): Cell {
  const kept: Piece[] = [];
  for (const piece of pieces) {
    const before = kept.at(-1);
    const same =
      before !== undefined &&
      (before.rule === piece.rule ||
        ("value" in before.rule && "value" in piece.rule && Object.is(before.rule.value, piece.rule.value)));
    if (same) kept[kept.length - 1] = { to: piece.to, rule: before.rule };
    else kept.push(piece);
  }
  return { column, pieces: kept, missing };
}

/** A cell whose following pieces are cut where what they give passes from one side of a question to the other. */
export function cutWhere(cell: Cell, above: (value: number) => boolean): Cell {
  let from = FIRST;
  const pieces = cell.pieces.flatMap(({ to, rule }): readonly Piece[] => {
    const begin = from;
    from = to + 1;
    if ("value" in rule) return [{ to, rule }];
    const border = firstPlace(begin, to, (x) => above(rule.of(x)) === (rule.way === 1));
    if (border <= begin || border > to) return [{ to, rule }];
    // A rule of its own, so that the two are not joined again.
    return [
      { to: border - 1, rule: { ...rule } },
      { to, rule },
    ];
  });
  return { ...cell, pieces };
}

/** The first number of the piece that begins at `from`, by which it can be asked which side it is on. */
export const sampleOf = (from: number): number => numberAt(from);

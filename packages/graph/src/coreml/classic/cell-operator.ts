import {
  constantCell,
  cutWhere,
  joined,
  MOST_PIECES,
  sampleOf,
  type Cell,
  type Line,
  type Piece,
} from "./cell.ts";
import { FIRST } from "./float-order.ts";

/** Why cells cannot be put together. */
interface CellReason {
  readonly reason: string;
}

/** A cell, or why there is none. */
export type CellResult = Cell | CellReason;

/** Whether it is a reason. */
export const isReason = (made: object): made is CellReason => "reason" in made;

type Rule = Piece["rule"];

/** What an operator of one number does; numbers are of single precision before and after. */
export interface Unary {
  readonly of: (x: number) => number;
  /** The way of its answers where its numbers go up; of the numbers below and from `turn` on. */
  readonly way: 1 | -1;
  readonly turn?: { readonly at: number; readonly below: 1 | -1 | "constant" };
  readonly line?: (line: Line) => Line | undefined;
}

const single = (of: (x: number) => number) => (x: number) => Math.fround(of(x));

/** An operator of one number, of a cell. */
export function unaryCell(cell: Cell, { of, way, turn, line }: Unary): CellResult {
  const round = single(of);
  const whole = turn === undefined ? cell : cutWhere(cell, (value) => value >= turn.at);
  let from = FIRST;
  const pieces = whole.pieces.map(({ to, rule }): Piece => {
    const begin = from;
    from = to + 1;
    if ("value" in rule) return { to, rule: { value: round(rule.value) } };
    const side = turn === undefined || rule.of(sampleOf(begin)) >= turn.at ? way : turn.below;
    const inner = rule.of;
    if (side === "constant") return { to, rule: { value: round(inner(sampleOf(begin))) } };
    const made = rule.line && line?.(rule.line);
    return {
      to,
      rule: { of: (x) => round(inner(x)), way: (rule.way * side) as 1 | -1, ...(made && { line: made }) },
    };
  });
  return joined(cell.column, pieces, round(cell.missing));
}

/** Two cells on the same pieces, each piece as a pair. */
function together(
  one: Cell,
  other: Cell,
): readonly { readonly to: number; readonly from: number; readonly rules: readonly [Rule, Rule] }[] {
  const pairs = [];
  let from = FIRST;
  for (let [a, b] = [0, 0]; a < one.pieces.length && b < other.pieces.length;) {
    const [left, right] = [one.pieces[a]!, other.pieces[b]!];
    const to = Math.min(left.to, right.to);
    pairs.push({ from, to, rules: [left.rule, right.rule] as const });
    if (left.to === to) a++;
    if (right.to === to) b++;
    from = to + 1;
  }
  return pairs;
}

/** What an operator of two numbers does, and how its answer follows one number where the other stays. */
export interface Binary {
  readonly of: (a: number, b: number) => number;
  /** Which way the answer goes as one number goes up and the other is `constant`; undefined where that is not known. */
  readonly way: (constant: number, constantFirst: boolean) => 1 | -1 | undefined;
  readonly line?: (line: Line, constant: number, constantFirst: boolean) => Line | undefined;
}

/** The column of two cells: a constant has any. */
export const sharedColumn = (cells: readonly Cell[]): number | undefined => {
  const columns = new Set(cells.map(({ column }) => column).filter((column) => column !== -1));
  return columns.size > 1 ? undefined : ([...columns][0] ?? -1);
};

const SEVERAL = "it puts several columns together";

/** An operator of two numbers, of cells of one column. */
export function binaryCell(one: Cell, other: Cell, { of, way, line }: Binary): CellResult {
  const column = sharedColumn([one, other]);
  if (column === undefined) return { reason: SEVERAL };
  const round = (a: number, b: number): number => Math.fround(of(a, b));
  const pieces: Piece[] = [];
  for (const { to, rules } of together(one, other)) {
    const [a, b] = rules;
    if ("value" in a && "value" in b) {
      pieces.push({ to, rule: { value: round(a.value, b.value) } });
      continue;
    }
    if ("of" in a && "of" in b) return { reason: "both of its numbers follow the same column" };
    const first = "value" in a;
    const [constant, follows] = first
      ? [a.value, b as Extract<Rule, { of: unknown }>]
      : [(b as { value: number }).value, a as Extract<Rule, { of: unknown }>];
    // What is NaN for one number is so for all, as far as operators of two numbers go.
    if (Number.isNaN(constant)) {
      pieces.push({ to, rule: { value: round(constant, constant) } });
      continue;
    }
    const side = way(constant, first);
    if (side === undefined) return { reason: `its answer does not go one way (${constant})` };
    const inner = follows.of;
    const made = follows.line && line?.(follows.line, constant, first);
    pieces.push({
      to,
      rule: {
        of: first ? (x) => round(constant, inner(x)) : (x) => round(inner(x), constant),
        way: (follows.way * side) as 1 | -1,
        ...(made && { line: made }),
      },
    });
  }
  if (pieces.length > MOST_PIECES) return { reason: `it has more than ${MOST_PIECES} pieces` };
  return joined(column, pieces, round(one.missing, other.missing));
}

/** A question of two numbers: 0 or 1 for every number. */
export function questionCell(one: Cell, other: Cell, of: (a: number, b: number) => boolean): CellResult {
  const column = sharedColumn([one, other]);
  if (column === undefined) return { reason: SEVERAL };
  const [left, right] = [one, other].map((cell, at) => {
    const against = at === 0 ? other : one;
    const borders = new Set(
      against.pieces.flatMap(({ rule }) =>
        "value" in rule && !Number.isNaN(rule.value) ? [rule.value] : [],
      ),
    );
    // Cut below and above each constant: every question about one number and a constant is settled then.
    return [...borders].reduce(
      (cut, border) =>
        cutWhere(
          cutWhere(cut, (value) => value >= border),
          (value) => value > border,
        ),
      cell,
    );
  }) as [Cell, Cell];
  const pieces: Piece[] = [];
  for (const { from, to, rules } of together(left, right)) {
    const [a, b] = rules;
    if ("of" in a && "of" in b) return { reason: "both of its numbers follow the same column" };
    const at = sampleOf(from);
    const answer = of("of" in a ? a.of(at) : a.value, "of" in b ? b.of(at) : b.value);
    pieces.push({ to, rule: { value: answer ? 1 : 0 } });
  }
  if (pieces.length > MOST_PIECES) return { reason: `it has more than ${MOST_PIECES} pieces` };
  return joined(column, pieces, of(one.missing, other.missing) ? 1 : 0);
}

/** `yes` where the condition is not 0, `no` elsewhere. */
export function chosenCell(condition: Cell, yes: Cell, no: Cell): CellResult {
  const column = sharedColumn([condition, yes, no]);
  if (column === undefined) return { reason: SEVERAL };
  const missing = condition.missing === 0 ? no.missing : yes.missing;
  const pieces: Piece[] = [];
  const places = [0, 0, 0];
  const lists = [condition.pieces, yes.pieces, no.pieces];
  while (places[0]! < condition.pieces.length) {
    const [asked, left, right] = lists.map((list, at) => list[places[at]!]!) as [Piece, Piece, Piece];
    if ("of" in asked.rule) return { reason: "its condition is no yes or no" };
    const to = Math.min(asked.to, left.to, right.to);
    pieces.push({ to, rule: (asked.rule.value === 0 ? right : left).rule });
    for (const [at, list] of lists.entries()) if (list[places[at]!]!.to === to) places[at]!++;
  }
  return joined(column, pieces, missing);
}

/** Where a cell is NaN, as 0 or 1. Following pieces never are: an operator that made one would have been refused. */
export function missingCell(cell: Cell): Cell {
  const pieces = cell.pieces.map(({ to, rule }): Piece => ({
    to,
    rule: { value: "value" in rule && Number.isNaN(rule.value) ? 1 : 0 },
  }));
  return joined(cell.column, pieces, Number.isNaN(cell.missing) ? 1 : 0);
}

/** The sum of numbers times cells. */
export function summedCells(cells: readonly Cell[], factors: readonly number[]): CellResult {
  const column = sharedColumn(cells);
  if (column === undefined) return { reason: SEVERAL };
  let sum: CellResult = constantCell(0);
  for (const [at, cell] of cells.entries()) {
    const factor = factors[at]!;
    if (factor === 0) continue;
    const times = unaryCell(cell, {
      of: (x) => x * factor,
      way: factor > 0 ? 1 : -1,
      line: ({ scale, shift }) => ({ scale: scale * factor, shift }),
    });
    if (isReason(times)) return times;
    sum = binaryCell(sum, times, ADD);
    if (isReason(sum)) return sum;
  }
  return sum;
}

/** The sum of two numbers. */
export const ADD: Binary = {
  of: (a, b) => a + b,
  way: () => 1,
  line: ({ scale, shift }, constant) => ({ scale, shift: shift + constant / scale }),
};

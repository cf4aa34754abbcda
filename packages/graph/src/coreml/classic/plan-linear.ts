import { constantOf, isStep, type Cell, type Line } from "./cell.ts";
import { refusal } from "./classic-reason.ts";
import { placeOf as placeOfCode } from "./float-order.ts";
import type { ClassicLinear, Score } from "./classic-value.ts";
import type { LinearWeights } from "./stage.ts";
import type { StepList } from "./step-list.ts";

/** A linear model over filled and scaled columns, texts by place, and steps. */
interface PlannedLinear {
  /** Numbers: what stands for NaN, and the line, by column. */
  readonly numbers: ReadonlyMap<
    number,
    { readonly fill: number; readonly line: Line; readonly weights: readonly number[] }
  >;
  /** Texts: weights by column, code + 1 and output; of the code of other texts they are 0. */
  readonly texts: ReadonlyMap<number, readonly (readonly number[])[]>;
  /** Weights of the steps by their place, and output. */
  readonly steps: ReadonlyMap<number, readonly number[]>;
  readonly offsets: readonly number[];
}

/** How far apart two values for what is missing may be to be one. */
const SAME = 1e-6;

/** The line of a cell that is one; undefined for steps and curves. */
function lineOf({ pieces }: Cell): Line | undefined {
  const lines = pieces.map(({ rule }) => ("of" in rule ? rule.line : undefined));
  const [first] = lines;
  const same = lines.every(
    (line) => line !== undefined && line.scale === first!.scale && line.shift === first!.shift,
  );
  return same ? first : undefined;
}

/**
 * A linear model of Core ML for one over cells: numbers are filled and scaled, texts and steps weighed by what they stand
 * for. Computed in double precision.
 *
 * @throws a `ClassicRefusal` for features that follow a column along a curve
 */
export function planLinear(
  { features, weights }: ClassicLinear,
  scores: readonly Score[],
  codes: ReadonlyMap<number, { readonly count: number; readonly other: number }>,
  steps: StepList,
): PlannedLinear {
  const offsets = scores.map(({ offset }) => offset);
  const numbers = new Map<number, { fill: number; line: Line; weights: number[] }>();
  const texts = new Map<number, number[][]>();
  const stepWeights = new Map<number, number[]>();
  const zeros = (): number[] => offsets.map(() => 0);
  const add = (into: number[], by: readonly number[], times: number): void => {
    for (const [at, weight] of by.entries()) if (weight !== 0) into[at]! += weight * times;
  };
  for (const [place, cell] of features.entries()) {
    const by = scores.map(({ factors }) =>
      factors.reduce((sum, factor, score) => sum + factor * weights[score]![place]!, 0),
    );
    if (by.every((weight) => weight === 0)) continue;
    const constant = constantOf(cell);
    if (constant !== undefined) {
      add(offsets, by, constant);
      continue;
    }
    const { column, missing } = cell;
    const code = codes.get(column);
    if (code !== undefined) {
      const values = codeValues(cell, code.count);
      const list = texts.get(column) ?? values.map(zeros);
      texts.set(column, list);
      const other = values[code.other + 1]!;
      add(offsets, by, other);
      for (const [at, into] of list.entries()) add(into, by, values[at]! - other);
      continue;
    }
    const line = lineOf(cell);
    if (line === undefined) {
      if (!isStep(cell))
        throw refusal("a feature of the linear model bends (a limit, a logarithm, a root)", "an ML Program");
      const step = steps.place(cell);
      const into = stepWeights.get(step) ?? zeros();
      stepWeights.set(step, into);
      add(into, by, 1);
      continue;
    }
    const known = numbers.get(column);
    const held = known ?? { fill: missing / line.scale - line.shift, line, weights: zeros() };
    numbers.set(column, held);
    const ratio = line.scale / held.line.scale;
    add(held.weights, by, ratio);
    add(offsets, by, line.scale * (line.shift - held.line.shift));
    const filled = line.scale * (held.fill + line.shift);
    if (Number.isNaN(filled) !== Number.isNaN(missing))
      throw refusal("a column is filled for one feature and missing for another", "an ML Program");
    if (Math.abs(filled - missing) <= SAME * Math.max(1, Math.abs(missing)) || Number.isNaN(missing))
      continue;
    const flag = steps.place({
      column,
      pieces: [{ to: cell.pieces.at(-1)!.to, rule: { value: 0 } }],
      missing: 1,
    });
    const into = stepWeights.get(flag) ?? zeros();
    stepWeights.set(flag, into);
    add(into, by, missing - filled);
  }
  return { numbers, texts, steps: stepWeights, offsets };
}

/** What a cell of a column of codes is for -1, 0, 1, ... */
function codeValues({ pieces }: Cell, count: number): readonly number[] {
  const values: number[] = [];
  let at = 0;
  for (let code = -1; code < count; code++) {
    while (at < pieces.length - 1 && pieces[at]!.to < placeOfCode(code)) at++;
    values.push((pieces[at]!.rule as { value: number }).value);
  }
  return values;
}

/** Weights with the first class as the one that others are compared with. */
export function againstFirst({ weights, offsets }: LinearWeights): LinearWeights {
  return {
    weights: weights.slice(1).map((row) => row.map((weight, at) => weight - weights[0]![at]!)),
    offsets: offsets.slice(1).map((offset) => offset - offsets[0]!),
  };
}

import { seededRandom, type Random } from "@tideline/learn";
import type { TreeCase } from "./case.ts";

/** Columns that the target depends on, kept while the others are made and written. */
const SIGNAL = 12;

/** Rows one column at a time, then their targets. */
export interface GeneratedColumns {
  /** Calls back with each column in its order; the array is reused. */
  each(write: (column: Float32Array) => void): void;
  /** After `each`: a class's position, or a number. [rows] */
  target(): Float64Array;
}

/** How numbers of a column are spread: as measurements are, one kind after the other. */
const SPREADS: readonly ((random: Random) => number)[] = [
  (random) => random.normal(),
  (random) => Math.exp(0.5 * random.normal()) - 1,
  (random) => 4 * random.uniform() - 2,
  // Few values, one of them common.
  (random) => (random.uniform() < 0.5 ? 0 : random.integer(12) - 4),
  (random) => random.normal() / Math.sqrt(0.2 + random.uniform()),
];

/** A stream of its own for each purpose, so that a column does not hang on how many others there are. */
const stream = (seed: number, purpose: number): Random =>
  seededRandom(Math.imul(seed, 1_000_003) + Math.imul(purpose, 7919));

/** Zipf's law: category k of n with a probability that falls as 1 / (k + 1). */
function categoryDraw(categories: number): (random: Random) => number {
  const upTo = new Float64Array(categories);
  for (let at = 0, sum = 0; at < categories; at++) upTo[at] = sum += 1 / (at + 1);
  const whole = upTo[categories - 1]!;
  return (random) => {
    const drawn = random.uniform() * whole;
    return upTo.findIndex((bound) => drawn < bound);
  };
}

/** What is common to all seeds of a case: effects of categories, weights of columns. */
const CONCEPT = 12345;

/**
 * Rows of a case with one output: the target follows from steps, bends and products of the first columns, categories
 * each with an effect of their own, and noise. The other columns are functions of those under noise, or noise alone.
 *
 * @param rows of training and held-out rows together.
 */
function singleOutput(given: TreeCase, rows: number, seed: number): GeneratedColumns {
  const { categories, columns, missing, task } = given;
  const score = new Float64Array(rows);
  const kept: Float32Array[] = [];
  return {
    each(write) {
      const column = new Float32Array(rows);
      for (let at = 0; at < columns; at++) {
        const random = stream(seed, at + 1);
        const concept = stream(CONCEPT, at + 1);
        const count = categories[at];
        const number = at - categories.length;
        if (count !== undefined) {
          const draw = categoryDraw(count);
          const effects = Array.from({ length: count }, () => 0.35 * concept.normal());
          for (let row = 0; row < rows; row++) {
            const category = draw(random);
            column[row] = category;
            score[row]! += effects[category]!;
          }
        } else if (number < SIGNAL) {
          const spread = SPREADS[number % SPREADS.length]!;
          const [weight, step] = [0.5 * concept.normal(), concept.normal()];
          const other = kept[number - 1];
          const mine = new Float32Array(rows);
          for (let row = 0; row < rows; row++) {
            const value = Math.fround(spread(random));
            mine[row] = value;
            score[row]! +=
              weight * Math.tanh(value) +
              (value > step ? 0.3 : 0) +
              (other === undefined ? 0 : 0.25 * Math.sin(value) * Math.tanh(other[row]!));
          }
          kept.push(mine);
          column.set(mine);
        } else if (number % 3 === 0) {
          for (let row = 0; row < rows; row++) column[row] = random.normal();
        } else {
          const [left, right] = [kept[concept.integer(SIGNAL)]!, kept[concept.integer(SIGNAL)]!];
          for (let row = 0; row < rows; row++)
            column[row] = Math.hypot(left[row]!, right[row]!) + left[row]! + 0.7 * random.normal();
        }
        if (missing && number >= 0) leaveOut(column, number, stream(seed, 10_000 + at));
        write(column);
      }
    },
    target() {
      const random = stream(seed, 0);
      const mean = score.reduce((sum, value) => sum + value, 0) / rows;
      for (let row = 0; row < rows; row++) {
        const centred = score[row]! - mean;
        score[row] =
          task === "regression"
            ? centred + 0.5 * random.normal()
            : Number(random.uniform() < 1 / (1 + Math.exp(-1.5 * centred)));
      }
      return score;
    },
  };
}

/** Every other column lacks a tenth of its numbers; every fifth lacks half of those above 0.8. */
function leaveOut(column: Float32Array, number: number, random: Random): void {
  const [chance, large] = [number % 2 === 0 ? 0.1 : 0, number % 5 === 1 ? 0.5 : 0];
  if (chance === 0 && large === 0) return;
  for (let row = 0; row < column.length; row++) {
    const drawn = random.uniform();
    if (drawn < chance || (column[row]! > 0.8 && drawn < large)) column[row] = NaN;
  }
}

/**
 * Rows of classes as sensors' features are: 24 hidden factors differ by class, and each column shows three of them,
 * bounded to -1 to 1.
 */
function classes(given: TreeCase, rows: number, seed: number): GeneratedColumns {
  const FACTORS = 24;
  const concept = stream(CONCEPT, 0);
  const random = stream(seed, 0);
  const y = new Float64Array(rows);
  const means = Array.from({ length: given.classes * FACTORS }, () => 0.55 * concept.normal());
  const factors = new Float32Array(rows * FACTORS);
  for (let row = 0; row < rows; row++) {
    const label = random.integer(given.classes);
    y[row] = label;
    for (let at = 0; at < FACTORS; at++)
      factors[row * FACTORS + at] = means[label * FACTORS + at]! + random.normal();
  }
  return {
    each(write) {
      const column = new Float32Array(rows);
      for (let at = 0; at < given.columns; at++) {
        const shown = Array.from({ length: 3 }, () => [concept.integer(FACTORS), concept.normal()] as const);
        const noise = stream(seed, at + 1);
        for (let row = 0; row < rows; row++) {
          let sum = 0.3 * noise.normal();
          for (const [factor, weight] of shown) sum += weight * factors[row * FACTORS + factor]!;
          column[row] = Math.tanh(sum);
        }
        write(column);
      }
    },
    target: () => y,
  };
}

/** The rows of a case by a seed; equal on every machine. The concept is the same for all seeds. */
export function generatedColumns(given: TreeCase, rows: number, seed: number): GeneratedColumns {
  return given.task === "multiclass" ? classes(given, rows, seed) : singleOutput(given, rows, seed);
}

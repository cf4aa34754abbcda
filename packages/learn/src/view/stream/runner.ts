import type { ScalarVector } from "../scalar-vector.ts";
import type { Answers } from "../slide/slider.ts";

/** Rows of a piece of a source, in the order in which they became known, as one aggregate takes them. */
export interface StreamRows {
  /** [rows], the key of each row; -1 where nobody asks for it or the aggregate does not take the row. */
  readonly codes: Int32Array;
  /** [rows], in microseconds. */
  readonly times: Float64Array;
  /** [rows]; the same array as `times` where rows are known when they happen: times then rise, from piece to piece too. */
  readonly known: Float64Array;
  /** Whether rows are known when they happen, each at a later time than the one before it, in this piece or an earlier one. */
  readonly apart: boolean;
  /** [rows]; of strings, codes that are the same in all pieces. */
  readonly values: Float64Array;
}

/** One aggregate without a list of rows: a state for each key. */
export interface Runner {
  /** Adds the rows from `from` to `to`. */
  add(rows: StreamRows, from: number, to: number): void;
  /** Lets go of the rows of a piece, which are other ones from then on. */
  leave?(): void;
  /** Answers question `row` of a key that is not -1. */
  answer(row: number, key: number, asOf: number, answers: Answers): void;
}

/** Makes the states of `keys` keys. `within` is in microseconds; only aggregates of the latest row take a finite one. */
export type RunnerOf = (
  keys: number,
  options: {
    readonly within: number;
    readonly type: string;
    /** The number of an aggregate that has one, else 0. */
    readonly parameter: number;
    /** The order of two values, strings by their texts. */
    readonly order: (left: number, right: number) => number;
  },
) => Runner;

/** The values of a vector with codes that hold in all pieces. */
export function sharedValues(vector: ScalarVector | null, codeOf: (text: string) => number): Float64Array {
  if (vector === null) return new Float64Array(0);
  if (vector.dictionary === undefined) return vector.values;
  const places = Float64Array.from(vector.dictionary, codeOf);
  return vector.values.map((place) => places[place] ?? 0);
}

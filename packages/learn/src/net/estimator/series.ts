import { ELEMENT_TYPES, type Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Indices } from "../../matrix.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { positiveInteger } from "../check-option.ts";
import type { NetInput, NetScope } from "../net.ts";
import { matrixEncoder } from "./matrix-net.ts";
import type { NetEncoder } from "./net-classifier.ts";

/** The form of series. */
export interface SeriesShape {
  /** [steps, channels] of a series; a row of `X` holds step after step. */
  readonly shape: readonly [number, number];
  /** Whether each series has a length of its own: `lengths` are then wanted with `X`. Default false. */
  readonly lengths?: boolean;
}

/** Series of numbers. */
export interface Series {
  /** [N, steps * channels]; behind a series' length any finite number may stand, which nothing sees. */
  readonly X: Matrix;
  /** [N]: how many steps are real, 1 or more. Wanted where the estimator says `lengths: true`, and only there. */
  readonly lengths?: Indices;
}

/** @throws DEFINITION_ILLEGAL for a length that is not a positive integer. */
export function checkSeriesShape(who: string, { shape }: SeriesShape): void {
  for (const length of shape) positiveInteger(who, "shape", length);
}

/** The inputs of a net over series: "x", and "lengths" where they have some. */
export function seriesInputs({ shape, lengths = false }: SeriesShape): readonly NetInput[] {
  const x: NetInput = { name: "x", elementType: "float32", dims: shape };
  return lengths ? [x, { name: "lengths", elementType: "int64", dims: [] }] : [x];
}

/** Series as tensors. */
export function seriesEncoder({ shape, lengths: own = false }: SeriesShape): NetEncoder<Series> {
  const numbers = matrixEncoder(shape);
  return {
    count: ({ X }) => X.rows,
    check(who, { X, lengths }) {
      numbers.check(who, X);
      checkLengths(who, lengths, own, X.rows, shape[0]);
    },
    inputs: ({ X, lengths }, start, count) => ({
      ...numbers.inputs(X, start, count),
      ...(own
        ? { lengths: { dims: [], values: Int32Array.from(lengths!.slice(start, start + count)) } }
        : {}),
    }),
  };
}

function checkLengths(who: string, lengths: Indices | undefined, own: boolean, rows: number, steps: number) {
  const wrong = (field: string, expected: string, received: string) =>
    tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
  if (!own) {
    if (lengths === undefined) return;
    throw wrong("lengths", "none, as the estimator was not made with lengths: true", "some");
  }
  if (lengths?.length !== rows) throw wrong("lengths", `${rows} lengths`, String(lengths?.length ?? "none"));
  for (const [row, length] of lengths.entries())
    if (!Number.isInteger(length) || length < 1 || length > steps)
      throw wrong(`lengths[${row}]`, `an integer in 1..${steps}`, String(length));
}

/** The real steps of all series as rows of channels, for statistics. */
export function realSteps({ X, lengths }: Series, [steps, channels]: readonly [number, number]): Matrix {
  if (lengths === undefined) return matrix(X.rows * steps, channels, X.values);
  const total = Array.from(lengths).reduce((sum, length) => sum + length, 0);
  const values = new Float64Array(total * channels);
  let to = 0;
  for (let row = 0; row < X.rows; row++) {
    const from = row * steps * channels;
    values.set(X.values.subarray(from, from + lengths[row]! * channels), to);
    to += lengths[row]! * channels;
  }
  return matrix(total, channels, values);
}

/** float32 [batch, steps]: 1 for real steps, 0 behind a row's length. */
export function stepMask({ g }: NetScope, lengths: Value, steps: number): Value {
  const places = g.constant(
    Float32Array.from({ length: steps }, (_, step) => step),
    [1, steps],
  );
  const counts = g.op("Cast", [g.op("Unsqueeze", [lengths, g.ints([1])])], {
    to: ELEMENT_TYPES.float32.code,
  });
  return g.op("Cast", [g.op("Less", [places, counts])], { to: ELEMENT_TYPES.float32.code });
}

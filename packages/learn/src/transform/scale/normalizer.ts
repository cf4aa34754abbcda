import type { GraphBuilder } from "@tideline/graph";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { namedForm } from "../../net/estimator/option-form.ts";
import { choose, one } from "../graph-math.ts";
import { lanesOf } from "../lane.ts";
import { numberColumns, packColumns, unpackColumns } from "../number-graph.ts";
import { NUMBER_KINDS } from "../number-transform.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";

/** What {@link normalizer} takes. */
export interface NormalizerOptions {
  /** Default "l2". */
  readonly norm?: "l1" | "l2" | "max";
  /** Whether all columns of a row make one vector, or each column is a vector of its own. Default "row". */
  readonly per?: "row" | "column";
}

const KIND = "normalizer";
const FORMS_OF = { norm: namedForm("l1", "l2", "max"), per: namedForm("row", "column") };

/** The definition behind {@link normalizer}. */
export const NORMALIZER: TransformDef<NormalizerOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: NUMBER_KINDS, labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: NormalizerOptions) => resolveOptions(KIND, FORMS_OF, { norm: "l2", per: "row" }, given),
  begin: () => learnsNothing(null),
  outputs: (_: null, _options: NormalizerOptions, inputs: FrameSchema) =>
    inputs.map(({ name, kind, width }) =>
      kind === "vector" ? { name, kind, width: width! } : { name, kind: "float" as const },
    ),
  apply(_: null, { norm, per }: NormalizerOptions, columns: readonly Column[], rows: number) {
    if (per === "column") return columns.map((column) => normalized([column], norm!, rows)[0]!);
    return normalized(columns, norm!, rows);
  },
  lower(_: null, { norm, per }: NormalizerOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const numbers = numberColumns(KIND, columns);
    if (per === "column") return numbers.flatMap((column) => lowered(g, norm!, [column]));
    return lowered(g, norm!, numbers);
  },
});

function lowered(g: GraphBuilder, norm: "l1" | "l2" | "max", columns: ReturnType<typeof numberColumns>) {
  const x = packColumns(g, KIND, columns);
  const sizes = g.op("Abs", [x]);
  // The largest magnitude is divided out first: squares of large numbers overflow float32.
  const most = g.op("ReduceMax", [sizes, g.ints([1])], { keepdims: 1 });
  const positive = g.op("Greater", [most, one(g, 0)]);
  const scaled = g.op("Div", [x, choose(g, positive, most, one(g, 1))]);
  const reduced = norm === "max" ? scaled : g.op("Div", [scaled, sizeOf(g, norm, scaled, positive)]);
  // Reductions of some runtimes pass over NaN.
  const absent = g.op("ReduceMax", [g.op("Cast", [g.op("IsNaN", [x])], { to: 1 }), g.ints([1])], {
    keepdims: 1,
  });
  const gone = choose(g, g.op("Greater", [absent, one(g, 0)]), one(g, Number.NaN), reduced);
  return unpackColumns(g, gone, columns);
}

function sizeOf(
  g: GraphBuilder,
  norm: "l1" | "l2",
  x: ReturnType<GraphBuilder["op"]>,
  positive: ReturnType<GraphBuilder["op"]>,
) {
  const size = g.op(norm === "l1" ? "ReduceL1" : "ReduceL2", [x, g.ints([1])], { keepdims: 1 });
  return choose(g, positive, size, one(g, 1));
}

/** Columns divided by the norm of each row over all of them. */
function normalized(columns: readonly Column[], norm: "l1" | "l2" | "max", rows: number): Column[] {
  const lanes = lanesOf(columns, KIND);
  const most = new Float64Array(rows);
  for (const { values, start, stride } of lanes)
    for (let row = 0, at = start; row < rows; row++, at += stride) {
      const size = Math.abs(values[at]!);
      if (size > most[row]! || size !== size) most[row] = size;
    }
  const sums = new Float64Array(rows);
  if (norm !== "max")
    for (const { values, start, stride } of lanes)
      for (let row = 0, at = start; row < rows; row++, at += stride) {
        const part = most[row]! > 0 ? Math.abs(values[at]!) / most[row]! : Math.abs(values[at]!);
        sums[row]! += norm === "l1" ? part : part * part;
      }
  for (let row = 0; row < rows; row++) {
    const size = norm === "max" ? 1 : norm === "l1" ? sums[row]! : Math.sqrt(sums[row]!);
    sums[row] = most[row] === 0 ? 1 : most[row]! * size;
  }
  let lane = 0;
  return columns.map((column): Column => {
    const width = column.kind === "vector" ? column.width : 1;
    const out = new Float64Array(rows * width);
    for (let element = 0; element < width; element++, lane++) {
      const { values, start, stride } = lanes[lane]!;
      for (let row = 0, at = start; row < rows; row++, at += stride)
        out[row * width + element] = values[at]! / sums[row]!;
    }
    return column.kind === "vector"
      ? { kind: "vector", name: column.name, width, values: out }
      : { kind: "float", name: column.name, values: out };
  });
}

/**
 * Divides each row by its size, so that only its direction counts, as scikit-learn's Normalizer. A row of zeros stays; one that
 * lacks a number is missing altogether.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(normalizer({ columns: ["embedding"] }), rows);
 */
export function normalizer(options: NormalizerOptions & Selection = {}): Transform {
  return transformOf(NORMALIZER, options);
}

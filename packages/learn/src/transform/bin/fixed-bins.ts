import type { GraphBuilder } from "@tideline/graph";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { namedForm } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { binColumn, binSchema, lowerBins, type BinEncoding } from "./bin-column.ts";

/** What {@link fixedBins} takes. */
export interface FixedBinsOptions {
  /** Where one bin ends and the next begins, rising: `[18, 65]` makes three bins, 18 being in the second. */
  readonly edges: readonly number[];
  /** Default "onehot". */
  readonly encode?: BinEncoding;
}

const KIND = "fixedBins";
const FORMS_OF = {
  edges: {
    expected: "1 to 10000 finite numbers, rising",
    fits: (value: unknown) =>
      Array.isArray(value) &&
      value.length >= 1 &&
      value.length <= 10_000 &&
      value.every((edge, at) => Number.isFinite(edge) && (at === 0 || edge > value[at - 1])),
  },
  encode: namedForm("onehot", "ordinal"),
};

const inner = ({ edges }: FixedBinsOptions): Float64Array => Float64Array.from(edges);

/** The definition behind {@link fixedBins}. */
export const FIXED_BINS: TransformDef<FixedBinsOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["float", "integer"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: FixedBinsOptions) =>
    resolveOptions(KIND, FORMS_OF, { encode: "onehot" }, given, ["edges"]),
  begin: () => learnsNothing(null),
  outputs: (_: null, { edges, encode }: FixedBinsOptions, inputs: FrameSchema) =>
    inputs.map((column) => binSchema(column, edges.length + 1, encode!)),
  apply: (_: null, options: FixedBinsOptions, columns: readonly Column[], rows: number) =>
    columns.map((column) => binColumn(column, rows, inner(options), options.encode!)),
  lower: (_: null, options: FixedBinsOptions, g: GraphBuilder, columns: readonly GraphColumn[]) =>
    lowerBins(
      KIND,
      g,
      columns,
      columns.map(() => inner(options)),
      options.encode!,
    ),
});

/**
 * Cuts columns at edges that are known: age groups, speed classes. A missing number is in no bin.
 *
 * @throws DEFINITION_ILLEGAL for edges that do not rise.
 * @example
 * fitTransform(fixedBins({ edges: [18, 65], columns: ["age"] }), rows);
 */
export function fixedBins(options: FixedBinsOptions & Selection): Transform {
  return transformOf(FIXED_BINS, options);
}

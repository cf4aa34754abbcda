import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { lanesOf } from "../lane.ts";
import { resolveOptions } from "../resolve-options.ts";
import { noNumbers } from "../scale/not-enough.ts";
import { malformedState } from "../state-check.ts";
import { numberSample } from "../statistics/number-sample.ts";
import type { TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { binColumn, binSchema, lowerBins, type BinEncoding } from "./bin-column.ts";
import { binEdges, type BinStrategy, type QuantileMethod } from "./bin-edge.ts";

/** What {@link kBinsDiscretizer} takes. */
export interface KBinsDiscretizerOptions {
  /** Bins of a column, 2 to 10000; fewer where they would be too narrow. Default 5. */
  readonly nBins?: number;
  /** Default "quantile". */
  readonly strategy?: BinStrategy;
  /** Default "averaged_inverted_cdf". */
  readonly quantileMethod?: QuantileMethod;
  /** Default "onehot". */
  readonly encode?: BinEncoding;
}

const KIND = "kBinsDiscretizer";

/** What encodings of bins there are. */
export const ENCODE_FORM = namedForm("onehot", "ordinal");

const FORMS_OF = {
  nBins: {
    expected: "an integer of 2 to 10000",
    fits: (value: unknown) =>
      FORMS.count.fits(value) && (value as number) >= 2 && (value as number) <= 10_000,
  },
  strategy: namedForm("uniform", "quantile", "kmeans"),
  quantileMethod: namedForm("averaged_inverted_cdf", "linear"),
  encode: ENCODE_FORM,
};
const DEFAULTS = {
  nBins: 5,
  strategy: "quantile",
  quantileMethod: "averaged_inverted_cdf",
  encode: "onehot",
};

/** The edges of the bins of each column, from the least number to the largest. */
type Edges = { readonly edges: readonly Float64Array[] };

const inner = (edges: Float64Array): Float64Array => edges.subarray(1, -1);

/** The definition behind {@link kBinsDiscretizer}. */
export const K_BINS_DISCRETIZER: TransformDef<KBinsDiscretizerOptions, Edges> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["float", "integer"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: KBinsDiscretizerOptions) => resolveOptions(KIND, FORMS_OF, DEFAULTS, given),
  begin({ nBins, strategy, quantileMethod }: KBinsDiscretizerOptions, inputs: FrameSchema) {
    const samples = inputs.map(() => numberSample());
    return {
      add(columns: readonly Column[], rows: number) {
        for (const [at, lane] of lanesOf(columns, KIND).entries()) samples[at]!.add(lane, rows);
      },
      finish: () => ({
        edges: samples.map((sample, at) => {
          const { name } = inputs[at]!;
          if (sample.count === 0) throw noNumbers(KIND, name);
          const sorted = sample.take().sort();
          if (!Number.isFinite(sorted.at(-1)! - sorted[0]!))
            throw tidelineError("DATA_MALFORMED", {
              who: KIND,
              field: `column "${name}"`,
              expected: "finite numbers",
              received: `${sorted[0]!} to ${sorted.at(-1)!}`,
            });
          return binEdges(sorted, nBins!, strategy!, quantileMethod!);
        }),
      }),
    };
  },
  checkState({ edges }: Edges, { nBins }: KBinsDiscretizerOptions, inputs: FrameSchema) {
    if (!Array.isArray(edges) || edges.length !== inputs.length)
      throw malformedState(KIND, "edges", `those of ${inputs.length} columns`, typeof edges);
    for (const own of edges as readonly unknown[])
      if (
        !(own instanceof Float64Array) ||
        own.length < 2 ||
        own.length > nBins! + 1 ||
        own.some((edge, at) => Number.isNaN(edge) || (at > 0 && !(edge > own[at - 1]!)))
      )
        throw malformedState(KIND, "edges", "rising numbers", String(own));
  },
  outputs: ({ edges }: Edges, { encode }: KBinsDiscretizerOptions, inputs: FrameSchema) =>
    inputs.map((column, at) => binSchema(column, edges[at]!.length - 1, encode!)),
  apply: ({ edges }: Edges, { encode }: KBinsDiscretizerOptions, columns: readonly Column[], rows: number) =>
    columns.map((column, at) => binColumn(column, rows, inner(edges[at]!), encode!)),
  lower: ({ edges }: Edges, { encode }: KBinsDiscretizerOptions, g, columns) =>
    lowerBins(KIND, g, columns, edges.map(inner), encode!),
} satisfies TransformDef<KBinsDiscretizerOptions, Edges>);

/**
 * Cuts each column into bins: of even width, of even counts, or around the centres of clusters, as scikit-learn's KBinsDiscretizer. What
 * lies beyond the training rows is in the first or the last bin; a missing number is in none.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers, DATA_MALFORMED for infinities.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(kBinsDiscretizer({ nBins: 4, encode: "ordinal", columns: ["age"] }), rows);
 */
export function kBinsDiscretizer(options: KBinsDiscretizerOptions & Selection = {}): Transform {
  return transformOf(K_BINS_DISCRETIZER, options);
}

import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { illegalOption } from "../../net/check-option.ts";
import { unpackColumns } from "../number-graph.ts";
import { resolveOptions } from "../resolve-options.ts";
import { malformedState } from "../state-check.ts";
import type { GraphColumn, StateValue, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_KINDS } from "./category-kind.ts";
import {
  CATEGORY_DEFAULTS,
  CATEGORY_FORMS,
  INFREQUENT_FORMS,
  NAME_FORM,
  type CategoryOptions,
} from "./category-option.ts";
import { checkCategoryStates } from "./category-state.ts";
import type { InfrequentOptions } from "./infrequent.ts";
import { categoryCount } from "./learnt-category.ts";
import { lowerIndex } from "./lower-place.ts";
import { oneHotColumns, oneHotVector, type OneHotColumn, type OneHotStorage } from "./one-hot-apply.ts";
import { oneHotLevels, type OneHotRule } from "./one-hot-level.ts";

/** What {@link oneHotEncoder} takes. */
export interface OneHotEncoderOptions extends CategoryOptions, InfrequentOptions {
  /** Leaves the first output of a column out: of every one, or of those with two. Default `"none"`. */
  readonly drop?: "none" | "first" | "ifBinary";
  /**
   * What a value becomes that the fit did not see: as a missing one, all zeros, the infrequent column (zeros where there is
   * none), or an error. Default `"missing"`.
   */
  readonly handleUnknown?: "missing" | "ignore" | "infrequent" | "error";
  /** A missing value is a category of its own where the fit saw one, or all zeros. Default `"category"`. */
  readonly handleMissing?: "category" | "ignore";
  /** A column for each category, or all of them in one vector. Default `"columns"`. */
  readonly output?: "columns" | "vector";
  /** The vector's name. Default `"oneHot"`. */
  readonly name?: string;
  /** How zeros and ones are kept; `"boolean"` takes a byte each, and is for columns. Default `"float32"`. */
  readonly dtype?: OneHotStorage;
  /** Outputs of a column, beyond which a fit gives up. Default 10,000. */
  readonly maxOutputs?: number;
}

type OneHotState = { readonly [field: string]: StateValue } & { readonly columns: readonly OneHotColumn[] };

const KIND = "oneHotEncoder";

/** The definition behind {@link oneHotEncoder}. */
export const ONE_HOT_ENCODER: TransformDef<OneHotEncoderOptions, OneHotState> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: CATEGORY_KINDS,
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: {
    ...CATEGORY_FORMS,
    ...INFREQUENT_FORMS,
    drop: namedForm("none", "first", "ifBinary"),
    handleUnknown: namedForm("missing", "ignore", "infrequent", "error"),
    handleMissing: namedForm("category", "ignore"),
    output: namedForm("columns", "vector"),
    name: NAME_FORM,
    dtype: namedForm("float32", "float64", "boolean"),
    maxOutputs: FORMS.count,
  },
  resolve(given: OneHotEncoderOptions): OneHotEncoderOptions {
    const defaults = {
      ...CATEGORY_DEFAULTS,
      drop: "none",
      handleUnknown: "missing",
      handleMissing: "category",
      output: "columns",
      name: "oneHot",
      dtype: "float32",
      maxOutputs: 10_000,
    };
    const options = resolveOptions(KIND, ONE_HOT_ENCODER.forms!, defaults, given);
    if (options.output === "vector" && options.dtype === "boolean")
      throw illegalOption(KIND, "dtype", "float32 or float64, of which vectors are", "boolean");
    return options;
  },
  begin(options: OneHotEncoderOptions, inputs: FrameSchema) {
    const counts = inputs.map((column) =>
      categoryCount(KIND, column, options, options.handleUnknown === "error"),
    );
    return {
      add(columns: readonly Column[]) {
        for (const [at, count] of counts.entries()) count.add(columns[at]!);
      },
      finish: () => ({
        columns: counts.map((count, at): OneHotColumn => {
          const learnt = count.finish();
          const { column, suffixes } = oneHotLevels(learnt, options as OneHotRule);
          if (suffixes.length > options.maxOutputs!)
            throw tooWide(inputs[at]!.name, options.maxOutputs!, suffixes.length);
          return { kind: learnt.kind, categories: learnt.categories, column, suffixes };
        }),
      }),
    };
  },
  checkState(state: OneHotState, _: OneHotEncoderOptions, inputs: FrameSchema) {
    for (const one of checkCategoryStates(KIND, state, inputs.length)) {
      const { column, suffixes, categories } = one as Partial<OneHotColumn> & OneHotColumn;
      if (!Array.isArray(suffixes) || !suffixes.every((suffix) => typeof suffix === "string"))
        throw malformedState(KIND, "suffixes", "texts", typeof suffixes);
      if (!(column instanceof Int32Array) || column.length !== categories.length + 2)
        throw malformedState(KIND, "column", `${categories.length + 2} whole numbers`, typeof column);
      if (column.some((at) => at < -1 || at >= suffixes.length))
        throw malformedState(KIND, "column", "outputs", "others");
    }
  },
  outputs(state: OneHotState, options: OneHotEncoderOptions, inputs: FrameSchema): FrameSchema {
    const names = inputs.flatMap(({ name }, at) =>
      state.columns[at]!.suffixes.map((suffix) => `${name}${suffix}`),
    );
    if (options.output === "vector")
      return names.length === 0 ? [] : [{ name: options.name!, kind: "vector", width: names.length }];
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) throw twice(name);
      seen.add(name);
    }
    return names.map((name) => ({ name, kind: options.dtype === "boolean" ? "boolean" : "float" }));
  },
  apply(state: OneHotState, options: OneHotEncoderOptions, columns: readonly Column[], rows: number) {
    const { dtype = "float32", handleUnknown, name = KIND } = options;
    const refuses = handleUnknown === "error";
    if (options.output !== "vector" || dtype === "boolean")
      return columns.flatMap((column, at) => oneHotColumns(KIND, column, state.columns[at]!, dtype, refuses));
    const width = widthOf(state);
    const values = oneHotVector(KIND, columns, state.columns, rows, dtype, refuses);
    return width === 0 ? [] : [{ kind: "vector" as const, name, width, values }];
  },
  columnwise: {
    outputs: ({ output }: OneHotEncoderOptions) => (output === "vector" ? undefined : ("names" as const)),
    join: (states: readonly OneHotState[]) => ({ columns: states.flatMap(({ columns }) => columns) }),
  },
  lower(state: OneHotState, options: OneHotEncoderOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const parts = columns.flatMap((column, at) => lowerColumn(g, column, state.columns[at]!));
    if (parts.length === 0) return [];
    const whole = parts.length === 1 ? parts[0]! : g.op("Concat", parts, { axis: 1 });
    const width = widthOf(state);
    if (options.output === "vector")
      return [{ kind: "number" as const, name: options.name!, width, value: whole }];
    const named = columns.flatMap(({ name }, at) =>
      state.columns[at]!.suffixes.map((suffix) => ({ name: `${name}${suffix}`, width: 1 })),
    );
    return unpackColumns(g, whole, named);
  },
});

/** The outputs of a column, [N, width]; none where it has none. */
function lowerColumn(g: GraphBuilder, column: GraphColumn, state: OneHotColumn): readonly Value[] {
  const width = state.suffixes.length;
  if (width === 0) return [];
  // What is outside of the outputs is nowhere; -1 would be the last of them.
  const at = lowerIndex(KIND, g, column, state, (place) =>
    state.column[place]! < 0 ? width : state.column[place]!,
  );
  const depth = g.scalar(width, "int64");
  const hot = g.op("OneHot", [at, depth, g.constant(Float32Array.of(0, 1))], { axis: -1 });
  return [g.op("Squeeze", [hot, g.ints([1])])];
}

function widthOf({ columns }: OneHotState): number {
  return columns.reduce((sum, { suffixes }) => sum + suffixes.length, 0);
}

function tooWide(name: string, limit: number, received: number): Error {
  return tidelineError("DATA_MALFORMED", {
    who: KIND,
    field: `column "${name}"`,
    expected: `at most ${limit} outputs (maxOutputs)`,
    received: `${received} categories`,
    remedy: "Set maxCategories or minFrequency, or use targetEncoder, frequencyEncoder or featureHasher.",
  });
}

function twice(name: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: KIND,
    field: "columns",
    expected: "names of outputs that differ",
    received: `"${name}" twice`,
    remedy: 'Rename one of the columns, or set output to "vector".',
  });
}

/**
 * Writes 1 in the output of a row's category and 0 in the others: `city=Bonn`, `city=Köln`, ... and `city=` for what is
 * missing. Categories are those given, or those seen in the fit, by code points (whole numbers by size). As scikit-learn's
 * OneHotEncoder, but that a value unseen in the fit is by default treated as a missing one instead of refused, and that
 * outputs are float32, in which 0 and 1 are exact. With `drop`, all zeros stand for the output left out and for what is
 * unknown alike.
 *
 * In a graph `handleUnknown: "error"` gives zeros: a graph cannot refuse a row.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, DATA_MALFORMED for one of more categories than `maxDistinct`
 * or more outputs than `maxOutputs`.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * const fitted = fitTransform(oneHotEncoder({ columns: ["city"], maxCategories: 20 }), rows);
 * fitted.transform(rows);
 */
export function oneHotEncoder(options: OneHotEncoderOptions & Selection = {}): Transform {
  return transformOf(ONE_HOT_ENCODER, options);
}

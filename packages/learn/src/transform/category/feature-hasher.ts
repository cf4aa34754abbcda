import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import type { FloatArray } from "../../matrix.ts";
import { FORMS, namedForm, type OptionForm } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { malformedState } from "../state-check.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { TRUTHS } from "./category-kind.ts";
import { NAME_FORM } from "./category-option.ts";
import { featureBucket, type BucketRule } from "./feature-bucket.ts";
import { hashColumn } from "./hash-column.ts";

/** What {@link featureHasher} takes. */
export interface FeatureHasherOptions {
  /** Length of the vector. Default 256; scikit-learn's 2^20 is for sparse matrices. */
  readonly nFeatures?: number;
  /** Adds a number with a sign that the hash decides, so that features sharing a place cancel on average. Default true. */
  readonly alternateSign?: boolean;
  /** The vector's name. Default `"hashed"`. */
  readonly name?: string;
  /** `float32` holds counts exactly, and half the memory. Default `"float64"`. */
  readonly dtype?: "float32" | "float64";
}

/** The kinds of the columns: whole numbers are categories, and a graph cannot tell them from others. */
type HashState = { readonly kinds: readonly string[] };

const KIND = "featureHasher";

/** Rows that are written together. */
const BLOCK = 256;

/** A vector of scikit-learn's default length. */
const LONGEST = 2 ** 20;

const LENGTH_FORM: OptionForm = {
  expected: `an integer of 1 to ${LONGEST}`,
  fits: (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST,
};

/** The definition behind {@link featureHasher}. */
export const FEATURE_HASHER: TransformDef<FeatureHasherOptions, HashState> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: ["string", "integer", "boolean", "float"] as const,
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: {
    nFeatures: LENGTH_FORM,
    alternateSign: FORMS.truth,
    name: NAME_FORM,
    dtype: namedForm("float32", "float64"),
  },
  resolve: (given: FeatureHasherOptions): FeatureHasherOptions =>
    resolveOptions(
      KIND,
      FEATURE_HASHER.forms!,
      { nFeatures: 256, alternateSign: true, name: "hashed", dtype: "float64" },
      given,
    ),
  // Nothing is learnt: hashes are the same for everyone.
  begin: (_: FeatureHasherOptions, inputs: FrameSchema) => ({
    add() {},
    finish: () => ({ kinds: inputs.map(({ kind }) => kind) }),
  }),
  checkState({ kinds }: HashState, _: FeatureHasherOptions, inputs: FrameSchema) {
    if (
      !Array.isArray(kinds) ||
      kinds.length !== inputs.length ||
      inputs.some(({ kind }, at) => kind !== kinds[at])
    )
      throw malformedState(KIND, "kinds", inputs.map(({ kind }) => kind).join(", "), String(kinds));
  },
  outputs: (_: HashState, options: FeatureHasherOptions): FrameSchema => [
    { name: options.name!, kind: "vector", width: options.nFeatures! },
  ],
  apply(_: HashState, options: FeatureHasherOptions, columns: readonly Column[], rows: number) {
    const rule = ruleOf(options);
    const length = rows * rule.nFeatures;
    const values: FloatArray =
      options.dtype === "float32" ? new Float32Array(length) : new Float64Array(length);
    const parts = columns.map((column) => hashColumn(KIND, column, rule));
    // A block of rows stays in the cache while all columns add to it.
    for (let first = 0; first < rows; first += BLOCK)
      for (const add of parts) add(values, first, Math.min(rows, first + BLOCK));
    return [{ kind: "vector" as const, name: options.name!, width: rule.nFeatures, values }];
  },
  lower(
    { kinds }: HashState,
    options: FeatureHasherOptions,
    g: GraphBuilder,
    columns: readonly GraphColumn[],
  ) {
    const rule = ruleOf(options);
    const parts = columns.map((column, at) => lowerColumn(g, column, kinds[at]!, rule));
    const value = parts.length === 1 ? parts[0]! : g.op("Sum", parts);
    return [{ kind: "number" as const, name: options.name!, width: rule.nFeatures, value }];
  },
});

function ruleOf({ nFeatures = 256, alternateSign = true }: FeatureHasherOptions): BucketRule {
  return { nFeatures, alternateSign };
}

/** A column's part of the vector: float32, [N, nFeatures]. */
function lowerColumn(g: GraphBuilder, column: GraphColumn, kind: string, rule: BucketRule): Value {
  const { nFeatures } = rule;
  if (column.kind === "number" && kind === "boolean") return lowerTruth(g, column.name, column.value, rule);
  if (column.kind === "number" && kind === "float") {
    const { at, sign } = featureBucket(column.name, rule);
    const row = new Float32Array(nFeatures);
    row[at] = sign;
    const known = g.op("Where", [g.op("IsNaN", [column.value]), g.scalar(0), column.value]);
    return g.op("Mul", [known, g.constant(row, [1, nFeatures])]);
  }
  if (column.kind !== "codes")
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who: KIND,
      field: `column "${column.name}"`,
      expected: "codes of a dictionary, truths or numbers with fractions: no operator of ONNX hashes",
      received: kind === "integer" ? "whole numbers as categories" : column.kind,
      remedy: "Give the graph codes of the texts that matter (textInputs looks them up), or hash before it.",
    });
  const buckets = column.dictionary.map((text) =>
    text === "" ? undefined : featureBucket(`${column.name}=${text}`, rule),
  );
  // What is missing, in the last row, is at a place that there is not.
  const places = BigInt64Array.from([...buckets, undefined], (bucket) => BigInt(bucket?.at ?? nFeatures));
  const signs = Float32Array.from([...buckets, undefined], (bucket) => bucket?.sign ?? 0);
  const place = g.op("Gather", [g.constant(places), column.value]);
  const hot = g.op("OneHot", [place, g.scalar(nFeatures, "int64"), g.constant(Float32Array.of(0, 1))], {
    axis: -1,
  });
  const sign = g.op("Gather", [g.constant(signs), column.value]);
  return g.op("Mul", [g.op("Squeeze", [hot, g.ints([1])]), sign]);
}

/** One of two places by a truth; none of NaN. */
function lowerTruth(g: GraphBuilder, name: string, x: Value, rule: BucketRule): Value {
  const parts = TRUTHS.map((text, at) => {
    const bucket = featureBucket(`${name}=${text}`, rule);
    const row = new Float32Array(rule.nFeatures);
    row[bucket.at] = bucket.sign;
    const told = g.op("Cast", [g.op("Equal", [x, g.scalar(at)])], { to: 1 });
    return g.op("Mul", [told, g.constant(row, [1, rule.nFeatures])]);
  });
  return g.op("Add", parts);
}

/**
 * Adds features into a vector of fixed length at places that a hash of their names decides, so that nothing is learnt and
 * unseen categories cost nothing: a category counts 1 under `city=Bonn` (whole numbers in decimal, truths as `false` and
 * `true`), a number with fractions counts itself under its column's name. What is missing adds nothing. As scikit-learn's
 * FeatureHasher of `{ city: "Bonn", age: 31.0 }`. K. Weinberger et al., "Feature hashing for large scale multitask
 * learning", ICML 2009.
 *
 * No operator of ONNX hashes: a graph takes codes of a dictionary, whose hashes become a table in it, and a text outside
 * of the dictionary adds nothing there. For whole numbers as categories there is no form in a graph (RUNTIME_UNSUPPORTED).
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(featureHasher({ columns: ["device_model", "city"], nFeatures: 64 }), rows).transform(rows);
 */
export function featureHasher(options: FeatureHasherOptions & Selection = {}): Transform {
  return transformOf(FEATURE_HASHER, options);
}

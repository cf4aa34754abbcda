import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { FORMS } from "../../net/estimator/option-form.ts";
import { laneNames, lanesOf, packedLane } from "../lane.ts";
import { packColumns } from "../number-graph.ts";
import { NUMBER_KINDS } from "../number-transform.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";

/** What {@link polynomialFeatures} takes. */
export interface PolynomialFeaturesOptions {
  /** 1 to 10. Default 2. */
  readonly degree?: number;
  /** Only products of different columns. Default false. */
  readonly interactionOnly?: boolean;
  /** A column of ones, named `1`, first. Default true, as scikit-learn. */
  readonly includeBias?: boolean;
}

const KIND = "polynomialFeatures";

/** Columns that it makes at most. */
const MOST = 100_000;

const FORMS_OF = {
  degree: {
    expected: "an integer of 1 to 10",
    fits: (value: unknown) => FORMS.count.fits(value) && (value as number) <= 10,
  },
  interactionOnly: FORMS.truth,
  includeBias: FORMS.truth,
};

/** The products of each degree, as places of their factors in rising order, in scikit-learn's order. */
export function productsOf(
  width: number,
  options: PolynomialFeaturesOptions,
): readonly (readonly number[])[] {
  const { degree = 2, interactionOnly = false, includeBias = true } = options;
  const out: (readonly number[])[] = includeBias ? [[]] : [];
  let layer: (readonly number[])[] = [[]];
  for (let power = 1; power <= degree; power++) {
    const next: (readonly number[])[] = [];
    for (const product of layer)
      for (
        let lane = (product.at(-1) ?? 0) + (interactionOnly && product.length > 0 ? 1 : 0);
        lane < width;
        lane++
      ) {
        next.push([...product, lane]);
        if (out.length + next.length > MOST)
          throw tidelineError("ARGUMENT_INVALID", {
            who: KIND,
            field: "columns",
            expected: `at most ${MOST} products`,
            received: "more",
            remedy: "Take a lower degree, fewer columns, or interactionOnly.",
          });
      }
    out.push(...next);
    layer = next;
  }
  return out;
}

/** `x0^2 x1`, as scikit-learn names them. */
function nameOf(product: readonly number[], names: readonly string[]): string {
  if (product.length === 0) return "1";
  const powers = new Map<number, number>();
  for (const lane of product) powers.set(lane, (powers.get(lane) ?? 0) + 1);
  return [...powers]
    .map(([lane, power]) => (power === 1 ? names[lane]! : `${names[lane]!}^${power}`))
    .join(" ");
}

/** The definition behind {@link polynomialFeatures}. */
export const POLYNOMIAL_FEATURES: TransformDef<PolynomialFeaturesOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: NUMBER_KINDS, labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: PolynomialFeaturesOptions) =>
    resolveOptions(KIND, FORMS_OF, { degree: 2, interactionOnly: false, includeBias: true }, given),
  begin(options: PolynomialFeaturesOptions, inputs: FrameSchema) {
    const names = laneNames(inputs);
    productsOf(names.length, options);
    return learnsNothing(null);
  },
  outputs: (_: null, options: PolynomialFeaturesOptions, inputs: FrameSchema) => {
    const names = laneNames(inputs);
    return productsOf(names.length, options).map((product) => ({
      name: nameOf(product, names),
      kind: "float" as const,
    }));
  },
  apply(_: null, options: PolynomialFeaturesOptions, columns: readonly Column[], rows: number) {
    const lanes = lanesOf(columns, KIND).map((lane) => packedLane(lane, rows));
    const names = laneNames(columns);
    return productsOf(lanes.length, options).map((product): Column => {
      const values = new Float64Array(rows).fill(1);
      for (const lane of product) for (let row = 0; row < rows; row++) values[row]! *= lanes[lane]![row]!;
      return { kind: "float", name: nameOf(product, names), values };
    });
  },
  lower(_: null, options: PolynomialFeaturesOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const x = packColumns(g, KIND, columns);
    const schema = columns.map((column) => ({
      name: column.name,
      ...(column.kind === "number" && column.width > 1
        ? { kind: "vector" as const, width: column.width }
        : { kind: "float" as const }),
    }));
    const names = laneNames(schema);
    const parts = names.length === 1 ? [x] : g.ops("Split", [x, g.ints(names.map(() => 1))], { axis: 1 });
    const known = new Map<string, Value>();
    return productsOf(names.length, options).map((product): GraphColumn => {
      const value = product.length === 0 ? onesLike(g, parts[0]!) : productValue(g, parts, product, known);
      return { kind: "number", name: nameOf(product, names), width: 1, value };
    });
  },
});

/** A product of a shorter one, which came before. */
function productValue(
  g: GraphBuilder,
  parts: readonly Value[],
  product: readonly number[],
  known: Map<string, Value>,
): Value {
  const key = product.join(",");
  const there = known.get(key);
  if (there !== undefined) return there;
  const last = parts[product.at(-1)!]!;
  const value =
    product.length === 1 ? last : g.op("Mul", [productValue(g, parts, product.slice(0, -1), known), last]);
  known.set(key, value);
  return value;
}

/** Ones in as many rows. */
function onesLike(g: GraphBuilder, x: Value): Value {
  const ones = g.constant(Float32Array.of(1), [1, 1]);
  return g.op("Where", [g.op("IsNaN", [x]), ones, ones]);
}

/**
 * Products of columns up to a degree, as scikit-learn's PolynomialFeatures names and orders them: `1`, `a`, `b`, `a^2`, `a b`, `b^2`.
 *
 * A fit throws ARGUMENT_INVALID for more than 100,000 products.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(polynomialFeatures({ columns: ["width", "height"], includeBias: false }), rows);
 */
export function polynomialFeatures(options: PolynomialFeaturesOptions & Selection = {}): Transform {
  return transformOf(POLYNOMIAL_FEATURES, options);
}

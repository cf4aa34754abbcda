import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column } from "../../frame/column.ts";
import type { OptionForm } from "../../net/estimator/option-form.ts";
import type { FloatArray } from "../../matrix.ts";
import { resolveOptions } from "../resolve-options.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";

/** A transform that learns nothing and maps each vector alone to one of another width: a sound, an image, a window. */
export interface VectorMap<Options extends object> {
  readonly kind: string;
  readonly forms: Readonly<Record<string, OptionForm>>;
  readonly needed: readonly string[];
  readonly defaults: object;
  /** Checks of options that go together. @throws DEFINITION_ILLEGAL */
  check(options: Options): void;
  /** The width behind vectors of a width. @throws DEFINITION_ILLEGAL, ARGUMENT_INVALID for a width that does not fit. */
  width(options: Options, from: number): number;
  /** A map that writes the vector made of `values[from]` on to `out[to]` on. */
  map(
    options: Options,
    width: number,
  ): (values: FloatArray, from: number, out: Float64Array, to: number) => void;
  /** The same on a graph, float32: [N, width] to [N, width behind]. */
  lower(options: Options, g: GraphBuilder, x: Value, width: number): Value;
}

/** The definition of such a transform. A missing vector, whose first number is NaN, becomes one that is NaN throughout. */
export function vectorMap<Options extends object>(def: VectorMap<Options>): TransformDef<Options, null> {
  const { kind, forms, needed, defaults } = def;
  const widthOf = (options: Options, name: string, from: number | undefined): number => {
    if (from !== undefined) return def.width(options, from);
    throw tidelineError("ARGUMENT_INVALID", {
      who: kind,
      field: `column "${name}"`,
      expected: "a vector column",
    });
  };
  return Object.freeze({
    kind,
    traits: Object.freeze({
      accepts: Object.freeze(["vector" as const]),
      labels: "none" as const,
      memory: "bounded" as const,
      ordered: false,
    }),
    forms,
    resolve(given: Options): Options {
      const options = resolveOptions(kind, forms, defaults, given, needed);
      def.check(options);
      return options;
    },
    begin(options: Options, inputs: Parameters<TransformDef<Options, null>["begin"]>[1]) {
      for (const { name, width } of inputs) widthOf(options, name, width);
      return { add: () => undefined, finish: () => null };
    },
    outputs: (_: null, options: Options, inputs: Parameters<TransformDef<Options, null>["outputs"]>[2]) =>
      inputs.map(({ name, width }) => ({
        name,
        kind: "vector" as const,
        width: widthOf(options, name, width),
      })),
    apply: (_: null, options: Options, columns: readonly Column[], rows: number) =>
      columns.map((column): Column => mapped(def, options, column, rows)),
    lower: (_: null, options: Options, g: GraphBuilder, columns: readonly GraphColumn[]) =>
      columns.map((column): GraphColumn => {
        if (column.kind !== "number")
          throw tidelineError("ARGUMENT_INVALID", {
            who: kind,
            field: `column "${column.name}"`,
            expected: "numbers",
            received: column.kind,
          });
        const width = widthOf(options, column.name, column.width);
        const first = g.op("Slice", [column.value, g.ints([0]), g.ints([1]), g.ints([1])]);
        // Nothing, or NaN where the vector is missing: comparisons and maxima on the way may have lost it.
        const missing = g.op("Where", [g.op("IsNaN", [first]), g.scalar(Number.NaN), g.scalar(0)]);
        const value = g.op("Add", [def.lower(options, g, column.value, column.width), missing]);
        return { kind: "number", name: column.name, width, value };
      }),
  });
}

function mapped<Options extends object>(
  def: VectorMap<Options>,
  options: Options,
  column: Column,
  rows: number,
): Column {
  if (column.kind !== "vector")
    throw tidelineError("ARGUMENT_INVALID", {
      who: def.kind,
      field: `column "${column.name}"`,
      expected: "a vector column",
      received: column.kind,
    });
  const { name, width: from, values } = column;
  const width = def.width(options, from);
  const out = new Float64Array(rows * width);
  const map = def.map(options, from);
  for (let row = 0; row < rows; row++)
    if (Number.isNaN(values[row * from]!)) out.fill(Number.NaN, row * width, (row + 1) * width);
    else map(values, row * from, out, row * width);
  return { kind: "vector", name, width, values: out };
}

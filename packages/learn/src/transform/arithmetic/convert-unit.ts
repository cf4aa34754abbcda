import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { doubleMath } from "../double-math.ts";
import { one } from "../graph-math.ts";
import { numberColumns } from "../number-graph.ts";
import { resolveOptions } from "../resolve-options.ts";
import { checkFloats } from "../state-check.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { isUnit, UNITS } from "./unit.ts";

/** What {@link convertUnit} takes. */
export interface ConvertUnitOptions {
  /** The unit that the columns get. */
  readonly to: string;
}

const KIND = "convertUnit";
const FORMS_OF = { to: { expected: `one of the units ${Object.keys(UNITS).join(", ")}`, fits: isUnit } };

/** For each column what it is multiplied by, and what is added then. */
type Conversion = { readonly factor: Float64Array; readonly offset: Float64Array };

/** The definition behind {@link convertUnit}. */
export const CONVERT_UNIT: TransformDef<ConvertUnitOptions, Conversion> = Object.freeze({
  kind: KIND,
  traits: {
    accepts: ["float", "integer", "vector"],
    labels: "none",
    memory: "bounded",
    ordered: false,
  } as const,
  forms: FORMS_OF,
  resolve: (given: ConvertUnitOptions) => resolveOptions(KIND, FORMS_OF, {}, given, ["to"]),
  begin({ to }: ConvertUnitOptions, inputs: FrameSchema) {
    const target = UNITS[to]!;
    const each = inputs.map(({ name, unit }) => {
      const own = isUnit(unit) ? UNITS[unit] : undefined;
      if (own === undefined || own.dimension !== target.dimension)
        throw tidelineError("ARGUMENT_INVALID", {
          who: KIND,
          field: `column "${name}"`,
          expected: `a unit of ${target.dimension}, which ${to} measures`,
          received:
            unit === undefined
              ? "no unit"
              : own === undefined
                ? `the unknown unit "${unit}"`
                : `${unit}, one of ${own.dimension}`,
        });
      return {
        factor: own.factor / target.factor,
        offset: ((own.offset ?? 0) - (target.offset ?? 0)) / target.factor,
      };
    });
    return learnsNothing({
      factor: Float64Array.from(each, ({ factor }) => factor),
      offset: Float64Array.from(each, ({ offset }) => offset),
    });
  },
  checkState: (state: Conversion, _: ConvertUnitOptions, inputs: FrameSchema) =>
    checkFloats(KIND, state, { factor: inputs.length, offset: inputs.length }),
  outputs: (_: Conversion, { to }: ConvertUnitOptions, inputs: FrameSchema) =>
    inputs.map(({ name, kind, width }) =>
      kind === "vector"
        ? { name, kind, width: width!, unit: to }
        : { name, kind: "float" as const, unit: to },
    ),
  apply: ({ factor, offset }: Conversion, { to }: ConvertUnitOptions, columns: readonly Column[]) =>
    columns.map((column, at): Column => {
      const numbers = numbersOf(column, KIND);
      const values = new Float64Array(numbers.length);
      for (let place = 0; place < values.length; place++)
        values[place] = numbers[place]! * factor[at]! + offset[at]!;
      return column.kind === "vector"
        ? { kind: "vector", name: column.name, width: column.width, values, unit: to }
        : { kind: "float", name: column.name, values, unit: to };
    }),
  lower: (
    { factor, offset }: Conversion,
    _: ConvertUnitOptions,
    g: GraphBuilder,
    columns: readonly GraphColumn[],
  ) =>
    numberColumns(KIND, columns).map((column, at) => {
      if (column.double !== undefined) {
        const { times, add, toFloat } = doubleMath(g);
        const double = add(times(column.double, factor[at]!), offset[at]!);
        return { ...column, value: toFloat(double), double };
      }
      const scaled = g.op("Mul", [column.value, one(g, factor[at]!)]);
      return { ...column, value: offset[at] === 0 ? scaled : g.op("Add", [scaled, one(g, offset[at]!)]) };
    }),
});

/**
 * Brings columns to another unit of the same dimension: the column says its own. What is no unit or measures something else is refused at
 * the fit: ARGUMENT_INVALID.
 *
 * @throws DEFINITION_ILLEGAL for a unit that there is not.
 * @example
 * fitTransform(convertUnit({ to: "m/s", columns: ["speed"] }), rows);
 */
export function convertUnit(options: ConvertUnitOptions & Selection): Transform {
  return transformOf(CONVERT_UNIT, options);
}

import type { GraphBuilder } from "@tideline/graph";
import { ELEMENT_TYPES } from "@tideline/graph/element-type";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { laneNames, lanesOf, widthOf } from "../lane.ts";
import { numberColumns, packColumns, rowConstant, unpackColumns } from "../number-graph.ts";
import { resolveOptions } from "../resolve-options.ts";
import { checkFloats } from "../state-check.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { float32Above, float32Below } from "../float32-bound.ts";
import { boundFit, OUTLIER_FORMS, outlierDefaults, type OutlierOptions } from "./bound.ts";

const KIND = "outlierFlag";

/** [F] each. */
type BoundState = { readonly low: Float64Array; readonly high: Float64Array };

/** The definition behind {@link outlierFlag}. */
export const OUTLIER_FLAG: TransformDef<OutlierOptions, BoundState> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["float", "integer"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: OUTLIER_FORMS,
  resolve: (given: OutlierOptions) => outlierDefaults(resolveOptions(KIND, OUTLIER_FORMS, {}, given)),
  begin(options: OutlierOptions, inputs: FrameSchema) {
    const fits = laneNames(inputs).map((name) => boundFit(KIND, options, name));
    return {
      add(columns: readonly Column[], rows: number) {
        for (const [at, lane] of lanesOf(columns, KIND).entries()) fits[at]!.add(lane, rows);
      },
      finish() {
        const bounds = fits.map((fit) => fit.finish());
        return {
          low: Float64Array.from(bounds, ({ low }) => low),
          high: Float64Array.from(bounds, ({ high }) => high),
        };
      },
    };
  },
  checkState: (state: BoundState, _: OutlierOptions, inputs: FrameSchema) =>
    checkFloats(KIND, state, { low: widthOf(inputs), high: widthOf(inputs) }),
  outputs: (_: BoundState, _options: OutlierOptions, inputs: FrameSchema) =>
    inputs.map(({ name }) => ({ name: `${name}_outlier`, kind: "boolean" as const })),
  apply: ({ low, high }: BoundState, _: OutlierOptions, columns: readonly Column[], rows: number) =>
    lanesOf(columns, KIND).map(({ values }, at): Column => {
      const [least, most] = [low[at]!, high[at]!];
      const flags = new Uint8Array(rows);
      for (let row = 0; row < rows; row++) flags[row] = values[row]! < least || values[row]! > most ? 1 : 0;
      return { kind: "boolean", name: `${columns[at]!.name}_outlier`, values: flags };
    }),
  lower({ low, high }: BoundState, _: OutlierOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const x = packColumns(g, KIND, columns);
    const under = g.op("Less", [x, rowConstant(g, low.map(float32Above))]);
    const over = g.op("Greater", [x, rowConstant(g, high.map(float32Below))]);
    const flags = g.op("Cast", [g.op("Or", [under, over])], { to: ELEMENT_TYPES.float32.code });
    return unpackColumns(
      g,
      flags,
      numberColumns(KIND, columns).map(({ name }) => ({ name: `${name}_outlier`, width: 1 })),
    );
  },
});

/**
 * Says which numbers lie too far out: a truth `name_outlier` for each column; a missing number does not. Give `keep: true` to keep the
 * numbers beside.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without numbers.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(outlierFlag({ method: "zscore", columns: ["price"], keep: true }), rows);
 */
export function outlierFlag(options: OutlierOptions & Selection = {}): Transform {
  return transformOf(OUTLIER_FLAG, options);
}

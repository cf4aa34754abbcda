import type { GraphBuilder } from "@tideline/graph";
import { ELEMENT_TYPES } from "@tideline/graph/element-type";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { columnOfKind, frame } from "../../frame/frame.ts";
import { FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { needColumns } from "../need-columns.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Transform } from "../transform.ts";

/** Seconds of each unit. */
const UNITS = { second: 1, minute: 60, hour: 3600, day: 86_400, week: 604_800 } as const;

/** What {@link recency} takes. */
export interface RecencyOptions {
  /** The earlier column of instants. */
  readonly since: string;
  /** The later one, often that of the prediction. */
  readonly until: string;
  /** The new column. Default `until_since_since`: the two names with `_since_` between. */
  readonly name?: string;
  /** Default "second". */
  readonly unit?: keyof typeof UNITS;
}

const KIND = "recency";
const FORMS_OF = {
  since: FORMS.text,
  until: FORMS.text,
  name: FORMS.text,
  unit: namedForm(...Object.keys(UNITS)),
};

const nameOf = ({ since, until, name }: RecencyOptions): string => name ?? `${until}_since_${since}`;

/** The definition behind {@link recency}. */
export const RECENCY: TransformDef<RecencyOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["time"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: RecencyOptions) =>
    resolveOptions(KIND, FORMS_OF, { unit: "second" }, given, ["since", "until"]),
  begin({ since, until }: RecencyOptions, inputs: FrameSchema) {
    needColumns(KIND, [since, until], inputs);
    return learnsNothing(null);
  },
  outputs: (_: null, options: RecencyOptions) => [
    { name: nameOf(options), kind: "float" as const, unit: options.unit! },
  ],
  apply(_: null, options: RecencyOptions, columns: readonly Column[], rows: number) {
    const own = { rows, columns };
    const from = columnOfKind(own, options.since, "time", KIND).values;
    const to = columnOfKind(own, options.until, "time", KIND).values;
    const values = new Float64Array(rows);
    const micros = UNITS[options.unit!] * 1e6;
    for (let row = 0; row < rows; row++) values[row] = (to[row]! - from[row]!) / micros;
    return frame([{ kind: "float", name: nameOf(options), values, unit: options.unit! }]).columns;
  },
  lower(_: null, options: RecencyOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const of = (name: string) => columns.find((column) => column.name === name)!.value;
    // Instants in float32 are minutes apart: the difference is taken before.
    const off = g.op("Sub", [of(options.until), of(options.since)]);
    const scaled = g.op("Div", [off, g.constant(Float64Array.of(UNITS[options.unit!] * 1e6), [1, 1])]);
    const value = g.op("Cast", [scaled], { to: ELEMENT_TYPES.float32.code });
    return [{ kind: "number" as const, name: nameOf(options), width: 1, value }];
  },
});

/**
 * How long ago something was: the time from one column of instants to another. Negative where `since` is later; missing where one is.
 * Both columns stay.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(recency({ since: "last_login", until: "event_time", unit: "day" }), rows);
 */
export function recency(options: RecencyOptions): Transform {
  const columns = [options.since, options.until];
  return transformOf(RECENCY, { ...options, columns: [...new Set(columns)], keep: true });
}

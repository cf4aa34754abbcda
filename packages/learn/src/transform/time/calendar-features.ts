import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { illegalOption } from "../../net/check-option.ts";
import { FORMS, listForm, namedForm } from "../../net/estimator/option-form.ts";
import { doubleMath } from "../double-math.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CALENDAR_PARTS, calendarPart, type CalendarPart } from "./calendar-part.ts";
import { lowerCycle, lowerLocal, lowerPart } from "./lower-calendar.ts";
import { checkZoneTable, isTimeZone, offsetAt, zoneTable, type ZoneTable } from "./time-zone.ts";

/** What {@link calendarFeatures} takes. */
export interface CalendarFeaturesOptions {
  /** Default month, weekday and hour. */
  readonly parts?: readonly CalendarPart[];
  /** The IANA name of the place whose clocks count. Default "UTC". */
  readonly timeZone?: string;
  /** Whether parts become sine and cosine of their period, so that December is next to January. Default false. */
  readonly cyclic?: boolean;
}

const KIND = "calendarFeatures";
const FORMS_OF = {
  parts: (() => {
    const each = listForm(namedForm(...Object.keys(CALENDAR_PARTS)));
    return {
      expected: each.expected,
      fits: (value: unknown) => each.fits(value) && (value as []).length > 0,
    };
  })(),
  timeZone: { expected: "a time zone of IANA, such as Europe/Berlin", fits: isTimeZone },
  cyclic: FORMS.truth,
};

/** Names of the columns of a time. */
function namesOf(name: string, { parts, cyclic }: CalendarFeaturesOptions): readonly string[] {
  return parts!.flatMap((part) =>
    cyclic === true ? [`${name}_${part}_sin`, `${name}_${part}_cos`] : [`${name}_${part}`],
  );
}

/** The definition behind {@link calendarFeatures}. */
export const CALENDAR_FEATURES: TransformDef<CalendarFeaturesOptions, ZoneTable> = Object.freeze({
  kind: KIND,
  traits: { accepts: ["time"], labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve(given: CalendarFeaturesOptions) {
    const defaults = { parts: ["month", "weekday", "hour"], timeZone: "UTC", cyclic: false };
    const options = resolveOptions(KIND, FORMS_OF, defaults, given);
    const twice = options.parts!.find((part, at) => options.parts!.indexOf(part) !== at);
    if (twice !== undefined) throw illegalOption(KIND, "parts", "each part once", `${twice} twice`);
    const endless = options.parts!.find((part) => CALENDAR_PARTS[part].period === 0);
    if (options.cyclic === true && endless !== undefined)
      throw illegalOption(KIND, "parts", "parts that come again, for sine and cosine", endless);
    return options;
  },
  // The table is kept, so that what serves does not depend on newer time zone data than what was trained on.
  begin: ({ timeZone }: CalendarFeaturesOptions) => learnsNothing(zoneTable(timeZone!)),
  checkState: (state: ZoneTable) => checkZoneTable(KIND, state),
  outputs: (_: ZoneTable, options: CalendarFeaturesOptions, inputs: FrameSchema) =>
    inputs.flatMap(({ name }) =>
      namesOf(name, options).map((own) => ({ name: own, kind: "float" as const })),
    ),
  apply: (table: ZoneTable, options: CalendarFeaturesOptions, columns: readonly Column[], rows: number) =>
    columns.flatMap((column) => partsOf(column, table, options, rows)),
  lower: (
    table: ZoneTable,
    options: CalendarFeaturesOptions,
    g: GraphBuilder,
    columns: readonly GraphColumn[],
  ) => columns.flatMap((column) => lowered(g, column, table, options)),
});

function partsOf(column: Column, table: ZoneTable, options: CalendarFeaturesOptions, rows: number): Column[] {
  if (column.kind !== "time") return [];
  const local = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    local[row] = column.values[row]! + offsetAt(table, column.values[row]!);
  const made = options.parts!.flatMap((part) => {
    const values = new Float64Array(rows);
    for (let row = 0; row < rows; row++) values[row] = calendarPart(part, local[row]!);
    if (options.cyclic !== true) return [values];
    const { period, first } = CALENDAR_PARTS[part];
    const angle = (value: number): number => ((value - first) * 2 * Math.PI) / period;
    return [values.map((value) => Math.sin(angle(value))), values.map((value) => Math.cos(angle(value)))];
  });
  return namesOf(column.name, options).map((name, at) => ({ kind: "float", name, values: made[at]! }));
}

function lowered(
  g: GraphBuilder,
  column: GraphColumn,
  table: ZoneTable,
  options: CalendarFeaturesOptions,
): readonly GraphColumn[] {
  if (column.kind !== "time")
    throw tidelineError("ARGUMENT_INVALID", {
      who: KIND,
      field: `column "${column.name}"`,
      expected: "a time",
      received: column.kind,
    });
  const local = lowerLocal(g, column.value, table);
  const { toFloat } = doubleMath(g);
  const values = options.parts!.flatMap((part) => {
    const value = lowerPart(g, part, local);
    return options.cyclic === true ? lowerCycle(g, part, value) : [toFloat(value)];
  });
  const none = g.constant(Float32Array.of(Number.NaN), [1, 1]);
  const absent = g.op("IsNaN", [column.value]);
  return namesOf(column.name, options).map((name, at) => ({
    kind: "number",
    name,
    width: 1,
    value: g.op("Where", [absent, none, values[at]!]),
  }));
}

/**
 * Parts of local date and time: month, weekday (Monday is 0), hour, ISO week and others, as numbers or as sine and cosine. Daylight
 * saving is that of the time zone from 1970 to 2100, by a table that the fit keeps.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not, such as a time zone that the engine does not know.
 * @example
 * fitTransform(calendarFeatures({ columns: ["event_time"], timeZone: "Europe/Berlin", cyclic: true }), rows);
 */
export function calendarFeatures(options: CalendarFeaturesOptions & Selection = {}): Transform {
  return transformOf(CALENDAR_FEATURES, options);
}

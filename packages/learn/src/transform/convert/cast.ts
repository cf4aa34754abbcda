import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { castColumn, type CastKind } from "../../frame/cast-column.ts";
import type { Column, FrameSchema } from "../../frame/column.ts";
import { namedForm } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import { checkZoneTable, instantOf, isTimeZone, zoneTable, type ZoneTable } from "../time/time-zone.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { lowerCast } from "./lower-cast.ts";

/** What {@link cast} takes. */
export interface CastTransformOptions {
  /** The kind that the columns get. */
  readonly to: CastKind;
  /** What a number counts as a time, and a time as a number. Default "us", microseconds. */
  readonly per?: "s" | "ms" | "us";
  /** The IANA name of the place whose clocks texts without a zone show. Default "UTC". */
  readonly timeZone?: string;
  /** What becomes of a value that has no form in the kind. Default "missing". */
  readonly invalid?: "missing" | "refuse";
}

const KIND = "cast";
const FORMS_OF = {
  to: namedForm("float", "integer", "boolean", "string", "time"),
  per: namedForm("s", "ms", "us"),
  timeZone: { expected: "a time zone of IANA, such as Europe/Berlin", fits: isTimeZone },
  invalid: namedForm("missing", "refuse"),
};

/** The definition behind {@link cast}. Its state is the clocks of the time zone, as they were known at the fit. */
export const CAST: TransformDef<CastTransformOptions, ZoneTable> = Object.freeze({
  kind: KIND,
  traits: {
    accepts: ["float", "integer", "boolean", "string", "time"],
    labels: "none",
    memory: "bounded",
    ordered: false,
  } as const,
  // Instants are beyond float32.
  traitsOf: ({ to }: CastTransformOptions) => (to === "time" ? { double: true } : {}),
  forms: FORMS_OF,
  resolve: (given: CastTransformOptions) =>
    resolveOptions(KIND, FORMS_OF, { per: "us", timeZone: "UTC", invalid: "missing" }, given, ["to"]),
  begin: ({ timeZone }: CastTransformOptions) => learnsNothing(zoneTable(timeZone!)),
  checkState: (state: ZoneTable) => checkZoneTable(KIND, state),
  outputs: (_: ZoneTable, { to }: CastTransformOptions, inputs: FrameSchema) =>
    inputs.map(({ name, unit }) => ({
      name,
      kind: to,
      ...(unit !== undefined && (to === "float" || to === "integer") ? { unit } : {}),
    })),
  apply: (table: ZoneTable, { to, per, invalid }: CastTransformOptions, columns: readonly Column[]) =>
    columns.map((column): Column => {
      const made = castColumn(column, to, { per: per!, instantOf: (shown) => instantOf(table, shown) });
      if (made.failed === 0 || invalid !== "refuse") return made.column;
      throw tidelineError("DATA_MALFORMED", {
        who: KIND,
        field: `column "${column.name}", row ${made.firstFailed}`,
        expected: `what can be a ${to}`,
        received: `${cellText(column, made.firstFailed)}, and ${made.failed - 1} more such rows`,
        remedy: 'Mend the source, or let such values be missing: invalid: "missing".',
      });
    }),
  lower: (
    _: ZoneTable,
    { to, per }: CastTransformOptions,
    g: GraphBuilder,
    columns: readonly GraphColumn[],
  ): readonly GraphColumn[] => columns.map((column) => lowerCast(g, column, to, per!)),
});

/** A value as an error shows it. */
function cellText(column: Column, row: number): string {
  const value =
    column.kind === "string"
      ? JSON.stringify(column.dictionary[column.codes[row]!])
      : String((column.values as ArrayLike<number | bigint>)[row]);
  return value.length > 80 ? `${value.slice(0, 77)}...` : value;
}

/**
 * Columns as another kind: texts as numbers, truths or times, seconds as times, whole numbers as texts; see `castColumn`. A graph casts
 * numbers, truths and times; texts are cast before it. What a graph is given as a time it takes as float64.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not; with `invalid: "refuse"` rows throw DATA_MALFORMED with the first that has no form.
 * @example
 * chain([cast({ to: "time", timeZone: "Europe/Berlin", columns: ["booked_at"] }), calendarFeatures({ columns: ["booked_at"] })]);
 */
export function cast(options: CastTransformOptions & Selection): Transform {
  return transformOf(CAST, options);
}

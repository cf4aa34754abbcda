import { tidelineError } from "@tideline/spec";
import type { Frame, FrameSource } from "../../frame/column.ts";
import { sourceOf } from "../../frame/frame-source.ts";
import type { Profile } from "../../profile/profile-report.ts";
import { rowSample } from "../../profile/row-sample.ts";
import { count, type CheckSet, type CountCheck } from "../check-def.ts";
import { checks } from "../check-set.ts";
import type { ColumnFacts } from "./column-facts.ts";
import { columnSurvey } from "./column-survey.ts";
import { factsOfProfile } from "./facts-of-profile.ts";
import { identityOf } from "./identity.ts";
import { inferColumn } from "./infer-column.ts";
import { inferSettings, type InferOptions, type InferSettings } from "./infer-option.ts";

export type { InferOptions } from "./infer-option.ts";

/** Texts of a column from which it is guessed whose they are. */
const GUESSED = 5000;

/** Checks to begin with. */
export interface InferredChecks {
  readonly set: CheckSet;
  /** Rows of the sample. */
  readonly rows: number;
  /** What a person should know before using them, by column (null: the table). */
  readonly notes: readonly { readonly column: string | null; readonly text: string }[];
}

/**
 * Checks that a sample passes, as a start: types, missing values and their share, ranges, lists of the few texts of a column,
 * forms of keys, dates and addresses, uniqueness, the number of rows, freshness and distributions. A person reads them, and says
 * more exactly what is known.
 *
 * No value is told that few rows have, and none of a column that looks as if it told who people are: ranges and edges are rounded,
 * texts are listed where at least `leastRows` rows have each, keys are described by their form. What a column holds is guessed by
 * its name and the form of its texts; a column of first names under another name looks like one of towns (see `personal`). Rows are not people: where `person` does not
 * say whose they are, a text that one person has in ten rows is listed.
 *
 * One pass. Memory is that of a piece, 65,536 rows, the texts of columns with 10,000 different ones or fewer, and 48 MiB for each
 * column of up to 2,097,152 values that are all different. The result depends neither on pieces nor on their order of arrival
 * within the pass. Of a profile it says less: no forms, keys and distributions.
 *
 * @throws NOT_ENOUGH_DATA without a row; DEFINITION_ILLEGAL for options; ARGUMENT_INVALID for a `personal` column that there is not.
 * @example
 * const { set, notes } = await inferChecks(await openTable("taps.parquet"), { now: Date.now() });
 * await writeFile("taps.checks.ts", checksModule(set));
 */
export async function inferChecks(
  given: Frame | FrameSource | Profile,
  options: InferOptions = {},
): Promise<InferredChecks> {
  const settings = inferSettings(options);
  wantColumns("format" in given ? given.columns : "read" in given ? given.schema : given.columns, settings);
  if ("format" in given && settings.person !== undefined)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "inferChecks",
      field: "person",
      expected: "rows, which alone tell whose they are",
      received: "a profile",
    });
  const facts =
    "format" in given
      ? factsOfProfile(given)
      : await survey("read" in given ? given : sourceOf(given), settings, options.onProgress);
  const rows = "format" in given ? given.rows : (facts[0]?.rows ?? 0);
  if (rows === 0)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: "inferChecks",
      expected: "a sample with rows",
      received: "none",
    });
  return inferred(facts, rows, settings);
}

/** Wants the columns that options name to be there. */
function wantColumns(
  columns: readonly { readonly name: string }[],
  { person, personal }: InferSettings,
): void {
  for (const [field, names] of [
    ["personal", personal],
    ["person", person === undefined ? [] : [person]],
  ] as const) {
    const unknown = names.find((name) => !columns.some((column) => column.name === name));
    if (unknown === undefined) continue;
    throw tidelineError("ARGUMENT_INVALID", {
      who: "inferChecks",
      field,
      expected: `columns among ${columns.map(({ name }) => JSON.stringify(name)).join(", ")}`,
      received: JSON.stringify(unknown),
    });
  }
}

function inferred(facts: readonly ColumnFacts[], rows: number, settings: InferSettings): InferredChecks {
  const notes: InferredChecks["notes"][number][] = [];
  const columns = facts.map((column) => {
    const told = [settings.person, ...settings.personal].includes(column.name);
    const identity = told ? "what you said" : column.identity;
    const made = inferColumn({ ...column, identity }, settings);
    notes.push(...made.notes.map((text) => ({ column: column.name, text })));
    return [column.name, made.checks] as const;
  });
  const set = checks({ columns: Object.fromEntries(columns), rows: rowBand(rows) });
  return Object.freeze({ set, rows, notes: Object.freeze(notes) });
}

/** Half of the rows at least; twice as many are worth a look. */
function rowBand(rows: number): readonly CountCheck[] {
  return [
    count({ atLeast: Math.max(1, Math.floor(rows / 2)) }),
    count({ atMost: 2 * rows, severity: "warn" }),
  ];
}

async function survey(
  source: FrameSource,
  { person, leastRows }: InferSettings,
  onProgress: InferOptions["onProgress"],
): Promise<readonly ColumnFacts[]> {
  const columns = source.schema.map((own) => columnSurvey(own, person === undefined ? undefined : leastRows));
  const sample = rowSample();
  let rows = 0;
  for await (const piece of source.read()) {
    const people = piece.columns.find(({ name }) => name === person);
    for (const [at, column] of piece.columns.entries()) columns[at]!.add(column, piece.rows, people);
    sample.add(piece);
    rows += piece.rows;
    onProgress?.(rows);
  }
  const taken = sample.finish();
  return columns.map((column, at) => {
    const own = taken?.columns[at];
    const facts = column.finish();
    const texts = own?.kind === "string" ? own.dictionary.slice(0, GUESSED) : [];
    return { ...facts, identity: identityOf(facts.name, texts), sample: own };
  });
}

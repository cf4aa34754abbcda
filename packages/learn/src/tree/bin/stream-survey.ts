import { tidelineError } from "@tideline/spec";
import type { BinnedFeature } from "../binned-table.ts";
import type { TreeTable } from "../tree-table.ts";
import type { BinSettings } from "./bin-option.ts";
import { checkFeatures, type WantedColumn } from "./check-feature.ts";
import { columnSurvey, type ColumnSurvey } from "./column-survey.ts";
import { extraColumn, type ExtraColumn } from "./extra-column.ts";
import { rowSampler, SAMPLE_BLOCK } from "./row-sample.ts";
import { slab } from "./slab.ts";
import { sortRoom } from "./sort-room.ts";

/** What the first of two passes finds out. */
export interface StreamSurvey {
  readonly rows: number;
  readonly features: readonly BinnedFeature[];
  readonly extra: readonly ExtraColumn[];
}

/** Rows that a table may have: their numbers are 32-bit integers wherever trees hold rows. */
const MOST_ROWS = 2 ** 31 - 1;

/** Where the columns of the first chunk go. */
function surveyColumns(
  who: string,
  first: TreeTable,
  names: readonly string[],
  given: readonly WantedColumn[] | undefined,
): { readonly asked: readonly WantedColumn[]; readonly extra: readonly ExtraColumn[] } {
  const extra = names.map((name) => {
    const column = first.columns.find((one) => one.name === name);
    if (column !== undefined) return extraColumn(who, column);
    const expected = "names of columns";
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "extra",
      expected,
      received: JSON.stringify(name),
    });
  });
  const asked = given ?? first.columns.filter(({ name }) => !names.includes(name));
  if (asked.length > 0) return { asked: asked.map(({ kind, name }) => ({ kind, name })), extra };
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "chunk 0",
    expected: "a column beside the extra ones",
    received: "none",
  });
}

/** Reads all chunks once: how many rows there are, which bins they need, and of which kind the extra columns are. */
export async function surveyStream(
  who: string,
  chunks: AsyncIterable<TreeTable>,
  settings: BinSettings,
  {
    extra: names = [],
    features: given,
    signal,
  }: {
    readonly extra?: readonly string[];
    readonly features?: readonly BinnedFeature[];
    readonly signal?: AbortSignal;
  },
): Promise<StreamSurvey> {
  const sampler = rowSampler(settings.sample, settings.seed);
  const memory = slab();
  let wanted: ReturnType<typeof surveyColumns> | undefined;
  let surveys: readonly ColumnSurvey[] = [];
  let [rows, chunk] = [0, 0];
  const shrink = () => {
    const slots = sampler.shrink();
    for (const survey of surveys) survey.shrink(slots);
  };
  for await (const table of chunks) {
    signal?.throwIfAborted();
    if (wanted === undefined) {
      wanted = surveyColumns(who, table, names, given);
      if (given === undefined)
        surveys = wanted.asked.map((column) => columnSurvey(who, column, settings, memory));
    }
    const own = `${who}: chunk ${chunk++}`;
    const columns = checkFeatures(own, wanted.asked, table);
    for (const [at, column] of checkFeatures(own, wanted.extra, table).entries())
      wanted.extra[at]!.see(column);
    rows += table.rows;
    if (given !== undefined) continue;
    for (const [at, survey] of surveys.entries()) survey.see(columns[at]!);
    for (let start = 0; start < table.rows; start += SAMPLE_BLOCK) {
      const { kept } = sampler;
      const places = sampler.offer(Math.min(SAMPLE_BLOCK, table.rows - start));
      for (const survey of surveys) survey.draw(start, places, kept);
      if (sampler.crowded) shrink();
    }
  }
  if (wanted === undefined || rows === 0 || rows > MOST_ROWS) {
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: "chunks",
      expected: `1 to ${MOST_ROWS} rows`,
      received: String(rows),
    });
  }
  shrink();
  const room = sortRoom();
  const features = given ?? surveys.map((survey) => survey.feature(sampler.kept, room));
  for (const own of [sampler, room, memory]) own.free();
  return { rows, features, extra: wanted.extra };
}

import { join } from "node:path";
import {
  collectFrame,
  columnNamed,
  dropColumns,
  frame,
  type Frame,
  type FrameSource,
} from "@tideline/learn/frame";
import { answerView, answerViewSource, spineOf } from "@tideline/learn/view";
import { tidelineError, type FeatureView } from "@tideline/spec";
import { parquetSource, writeParquet } from "../frame/index.ts";
import { fingerprint } from "./fingerprint.ts";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { changed, partId, partSchema, partSource, type Part } from "./part.ts";
import { joined, runStep, stepPath, type Preparing, type StepLeft } from "./preparing.ts";
import { joinedWith } from "./row-change.ts";
import { describeFile, type StepFile } from "./step-file.ts";
import { openTableSource, readTable, type TableSource } from "./table-source.ts";

/** Features of a view for each row of the table, as of the row's time. */
export interface ViewUse {
  readonly view: FeatureView;
  /** The events that the view is over. */
  readonly source: TableSource;
  /** The table's column that holds the view's join key. */
  readonly key: string;
  /** The table's time column: what was not known by then does not count. */
  readonly time: string;
  /** Columns of the events: when one happened, and when it became known. Default `time` and `known_time`. */
  readonly eventTime?: string;
  readonly knownTime?: string;
  /** Whether the events come in the order in which they became known: then they are read as a stream. Default false. */
  readonly sorted?: boolean;
}

const FIELDS: FieldsOf<ViewUse> = {
  view: true,
  source: true,
  key: true,
  time: true,
  eventTime: true,
  knownTime: true,
  sorted: true,
};

/** Wants a use of a view to be one. @throws DEFINITION_ILLEGAL */
export function checkViewUse(at: string, use: ViewUse): void {
  const wrong = (field: string, expected: string, received: unknown) =>
    tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: `${at}.${field}`,
      expected,
      received: String(received),
    });
  needKnown("prepare", at, use, FIELDS);
  if (use.view === null || typeof use.view !== "object") throw wrong("view", "a feature view", use.view);
  if (!["files", "snapshot"].includes(use.source?.kind))
    throw wrong("source", "what table or snapshotTable gives", typeof use.source);
  for (const field of ["key", "time"] as const)
    if (typeof use[field] !== "string") throw wrong(field, "a column's name", use[field]);
}

interface ViewLeft extends StepLeft {
  readonly files: { readonly features: StepFile };
}

/**
 * Adds the features of a view. Its memory: the table's keys and times and the features, and, unless they are `sorted`, the
 * events' columns that the view reads.
 *
 * @throws FEATURE_ILLEGAL, ARGUMENT_INVALID, DATA_MALFORMED as `answerView` and `answerViewSource`.
 */
export async function viewStep(preparing: Preparing, all: Part, use: ViewUse): Promise<Part> {
  const { root, temporary, memory, engine } = preparing;
  const { view, source, key, time, eventTime, knownTime, sorted = false } = use;
  const there = new Set((await partSchema(all)).map((column) => column.name));
  const taken = Object.keys(view.features).find((name) => there.has(name));
  if (taken !== undefined)
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: `view "${view.name}"`,
      expected: "features of other names than the table's columns",
      received: JSON.stringify(taken),
    });
  const opened = await openTableSource(source);
  preparing.watched.push(opened);
  const parameters = fingerprint(
    { view, key, time, eventTime, knownTime, sorted, options: opened.options },
    `view "${view.name}"`,
  );
  const cause = { name: `view ${view.name}`, parameters, input: joined(partId(all), opened.hash) };
  const { files } = await runStep<ViewLeft>(preparing, cause, async (own, count) => {
    const rows = await collectFrame(await partSource(all), { columns: [key, time] });
    count(rows.rows);
    const events = await readTable(opened, { temporary, memory });
    const times = {
      ...(eventTime === undefined ? {} : { time: eventTime }),
      ...(knownTime === undefined ? {} : { knownTime }),
    };
    // The spine's own columns have names that no feature has.
    const spine = spineOf(renamed(rows, key, time), { key: SPINE[0], time: SPINE[1] });
    const answered = sorted
      ? await answerViewSource(view, { source: events, spine, ...times })
      : answerView(view, { source: await collectFrame(events, columnsRead(use, events)), spine, ...times });
    const path = stepPath(own, "parquet");
    const features = dropColumns(answered, SPINE);
    await writeParquet(join(root, path), features, { temporary, memory, threads: 1 });
    return {
      files: { features: await describeFile(root, path) },
      parts: { all: { rowsIn: rows.rows, rowsOut: rows.rows } },
      why: {},
    };
  });
  const features = await parquetSource(join(root, files.features.path), { engine });
  return changed(all, joinedWith(files.features.sha256, features));
}

const SPINE = ["\u0000key", "\u0000time"] as const;

function renamed(rows: Frame, key: string, time: string): Frame {
  const [keys, times] = [columnNamed(rows, key, "prepare: view"), columnNamed(rows, time, "prepare: view")];
  return frame([
    { ...keys, name: SPINE[0] },
    { ...times, name: SPINE[1] },
  ]);
}

/** The columns of the events that a view reads, where they are there. */
function columnsRead({ view, eventTime = "time", knownTime }: ViewUse, events: FrameSource) {
  const names = new Set([
    view.entity.joinKey,
    eventTime,
    knownTime ?? "known_time",
    ...Object.keys(view.source.columns),
  ]);
  const columns = events.schema.map(({ name }) => name).filter((name) => names.has(name));
  return { columns };
}

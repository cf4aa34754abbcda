import { tidelineError } from "@tideline/spec";
import { writeAtomically } from "../frame/atomic-file.ts";
import { parquetSource, writeParquet, type RejectedRow } from "../frame/index.ts";
import { renamedText, type FrameSource } from "@tideline/learn/frame";
import { join } from "node:path";
import { fingerprint } from "./fingerprint.ts";
import type { Part } from "./part.ts";
import { runStep, stepPath, type Preparing, type StepLeft } from "./preparing.ts";
import { lineWriter } from "./quarantine-file.ts";
import { numbered, SOURCE_ROW } from "./row-change.ts";
import { describeFile, type StepFile } from "./step-file.ts";
import { readTable, shownFiles, type OpenedTable } from "./table-source.ts";

interface ReadLeft extends StepLeft {
  readonly files: { readonly rows: StepFile; readonly quarantine: StepFile };
}

/** What reading gave. */
export interface ReadRows {
  readonly part: Part;
  /** Lines of rows that could not be read; undefined where every row of the format can be. */
  readonly quarantine?: StepFile;
}

/**
 * The rows of a table. Texts (CSV, JSON lines) and Arrow are read once and kept as Parquet, typed, with what could not be read
 * in quarantine; Parquet is read where it lies.
 *
 * @throws NOT_ENOUGH_DATA for a table without rows; CHECK_FAILED where more rows than the table allows could not be read; as the readers do.
 */
export async function readStep(
  preparing: Preparing,
  opened: OpenedTable,
  beside: readonly string[],
): Promise<ReadRows> {
  const { temporary, memory, root, engine } = preparing;
  const where = { temporary, memory };
  const partOf = (source: FrameSource, base: string): Part =>
    Object.freeze({ source, base, changes: Object.freeze([numbered]), beside: [...beside, SOURCE_ROW] });
  const parameters = fingerprint({ ...opened.options, format: opened.format }, "table");
  if (opened.format === "parquet") {
    const source = await readTable(opened, where);
    await runStep(preparing, { name: "read", parameters, input: opened.hash }, async (_, count) => {
      let rows = 0;
      // No column: the rows are counted as the file says, or as they come.
      const [first] = source.schema;
      if (source.rowCount !== undefined) rows = source.rowCount;
      else for await (const piece of source.read(first === undefined ? [] : [first.name])) rows += piece.rows;
      count(rows);
      needRows(opened, rows);
      return { files: {}, parts: { all: { rowsIn: rows, rowsOut: rows } }, why: {}, ...notesOf(source) };
    });
    return { part: partOf(source, opened.hash) };
  }
  const left = await runStep<ReadLeft>(
    preparing,
    { name: "read", parameters, input: opened.hash },
    async (key, count) => {
      const why: Record<string, number> = {};
      let notes: ReturnType<typeof notesOf> = {};
      const [path, bad] = [stepPath(key, "parquet"), stepPath(key, "jsonl")];
      const { rows } = await writeAtomically("prepare", join(root, bad), async (file) => {
        const lines = await lineWriter(file);
        try {
          const source = await readTable(opened, where, async (rejected) => {
            for (const row of rejected) {
              const reason = reasonOf(row);
              why[reason] = (why[reason] ?? 0) + 1;
              const { line, column, text } = row;
              await lines.add({
                step: "read",
                reason: row.reason,
                file: shownFiles([row.file]),
                line,
                text,
                ...(column === undefined ? {} : { column }),
              });
            }
          });
          notes = notesOf(source);
          const told = counted(source, count);
          return await writeParquet(join(root, path), told, { ...where, threads: 1 });
        } finally {
          await lines.close();
        }
      });
      const gone = Object.values(why).reduce((sum, one) => sum + one, 0);
      checkShare(opened, gone, rows + gone, why);
      needRows(opened, rows + gone);
      return {
        files: { rows: await describeFile(root, path), quarantine: await describeFile(root, bad) },
        parts: { all: { rowsIn: rows + gone, rowsOut: rows } },
        why,
        ...notes,
      };
    },
  );
  const source = await parquetSource(join(root, left.files.rows.path), { engine });
  return { part: partOf(source, left.files.rows.sha256), quarantine: left.files.quarantine };
}

/** Which columns have other names than in the file. */
function notesOf({ renamed = [] }: FrameSource): { readonly notes?: readonly string[] } {
  if (renamed.length === 0) return {};
  const notes = renamed.map((one) => `the column ${JSON.stringify(one.name)} ${renamedText(one)}`);
  return { notes };
}

/** @throws NOT_ENOUGH_DATA for a table without rows: nothing can be learned from it, and it is seldom meant. */
function needRows({ files }: OpenedTable, rows: number): void {
  if (rows > 0) return;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who: `table ${shownFiles(files)}`,
    expected: "rows",
    received: "none, only the names of columns",
    remedy: "Was it written to its end?",
  });
}

/** A source that tells of the rows that were read. */
function counted(source: FrameSource, count: (rows: number) => void): FrameSource {
  return {
    ...source,
    async *read(columns) {
      for await (const piece of source.read(columns)) {
        count(piece.rows);
        yield piece;
      }
    },
  };
}

/** Few words, so that a log has few of them: the column, or the row as a whole. */
function reasonOf({ column }: RejectedRow): string {
  return column === undefined ? "unreadable row" : `${column}: unreadable`;
}

function checkShare(
  { options: { unreadable = 0.05 }, files }: OpenedTable,
  gone: number,
  rows: number,
  why: Readonly<Record<string, number>>,
): void {
  if (gone <= unreadable * rows) return;
  const most = Object.entries(why)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([reason, count]) => `${reason} (${count})`);
  throw tidelineError("CHECK_FAILED", {
    who: `table ${shownFiles(files)}`,
    field: "unreadable",
    expected: `at most ${(100 * unreadable).toFixed(1)} % of ${rows} rows`,
    received: `${gone}: ${most.join(", ")}`,
    remedy:
      "Name the columns' kinds by `schema` and what stands for a missing value by `missing`, or allow more by `unreadable`.",
  });
}

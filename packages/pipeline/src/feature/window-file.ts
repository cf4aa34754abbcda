import { rename } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, syncPath } from "../catalog/index.ts";
import { literal, type Engine, type LakeColumn } from "../lake/index.ts";
import { createStage, stageName, stageSelection } from "../lake/stage.ts";

/** Windows with their features, as columns of equal length. */
export interface WindowRows {
  readonly subject: readonly string[];
  readonly session: readonly string[];
  /** First sample of each window in its session. */
  readonly start: Float64Array;
  /** End of each window, milliseconds since 1970. */
  readonly time: Float64Array;
  /** Features of each window, all of one length. */
  readonly features: readonly Float32Array[];
}

/** Columns of a file of windows. */
export const WINDOW_COLUMNS: readonly LakeColumn[] = [
  { name: "subject", type: "VARCHAR" },
  { name: "session", type: "VARCHAR" },
  { name: "start", type: "BIGINT" },
  { name: "time", type: "TIMESTAMP" },
  { name: "features", type: "FLOAT[]" },
];

/** Writes windows as one Parquet file, in the order they come in; the file appears whole or not at all. */
export async function writeWindowFile(engine: Engine, path: string, rows: WindowRows): Promise<void> {
  const stage = await createStage(engine.connection, "window", WINDOW_COLUMNS);
  try {
    for (const [row, subject] of rows.subject.entries()) {
      const time = Math.round(rows.time[row]!);
      stage.append(0, [subject, rows.session[row]!, rows.start[row]!, time, rows.features[row]!]);
    }
    stage.finish();
    await makeFolder(dirname(path));
    const temporary = `${path}.part`;
    await engine.run(`COPY (SELECT ${stageSelection(WINDOW_COLUMNS)} FROM ${stageName("window")})
TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd)`);
    await syncPath(temporary);
    await rename(temporary, path);
  } finally {
    await engine.run(`DROP TABLE ${stageName("window")}`);
  }
}

import { existsSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { listAlerts, listReleases, makeFolder } from "../catalog/index.ts";
import { openIdentity } from "../dataset/index.ts";
import { latestSnapshot, literal, tableSql } from "../lake/index.ts";
import { livePredictionSql } from "../monitor/index.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ReleaseMetrics } from "./offer.ts";

/** What of the evidence only the catalog knows. */
export interface CatalogEvidence {
  readonly snapshot: string;
  readonly app: unknown;
  readonly alerts: readonly unknown[];
}

/**
 * Leaves what an auditor needs of the lake's side: the lake itself, one row for each prediction, each release with
 * its envelope, the artifacts, and the windows on which runtimes were compared.
 */
export async function writeEvidence(context: LoopContext, target: string): Promise<CatalogEvidence> {
  const { catalog, engine, model, folder, layout, channel, keys, app } = context;
  const snapshot = (await latestSnapshot(catalog, folder))!;
  for (const name of ["releases", "parity"]) await makeFolder(join(target, name));
  await cp(layout.lake, join(target, "lake"), { recursive: true });
  await cp(layout.artifact, join(target, "artifacts"), { recursive: true });
  await writeFile(join(target, "releases", "root.json"), JSON.stringify(keys.chain));
  for (const release of await listReleases(catalog, channel)) {
    await writeFile(join(target, "releases", `${release.version}.json`), JSON.stringify(release));
    const { parityWindows } = release.metrics as ReleaseMetrics;
    // An erasure deletes windows of who has left.
    const windows = join(folder, parityWindows);
    if (existsSync(windows)) await cp(windows, join(target, "parity", `${release.version}.f32`));
  }
  const sql = livePredictionSql(model, {
    relation: (table) => tableSql(snapshot, table),
    identity: await openIdentity(engine, snapshot),
  });
  await engine.run(`COPY (${sql}) TO ${literal(join(target, "predictions.parquet"))} (FORMAT parquet)`);
  return { snapshot: snapshot.id, app, alerts: await listAlerts(catalog) };
}

import { numbers, tableSql, latestSnapshot, texts } from "../lake/index.ts";
import type { DriftPoint, LoopStatus } from "@tideline/spec";
import { listAlerts, listAssessments, listReleases, listRuns, listSnapshots } from "../catalog/index.ts";
import { predictionSql } from "../dataset/index.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ReleaseMetrics } from "./offer.ts";
import type { AssessmentDetail } from "./watch.ts";

/** Points of a curve that are shown, the newest ones: a page has fewer pixels, and a folder lives for years. */
export const CURVE_POINTS = 1000;

/** What of the loop's status stands in the catalog. */
export type CatalogStatus = Pick<LoopStatus, "snapshots" | "runs" | "releases"> & {
  readonly detectedAt: number | null;
  readonly points: readonly DriftPoint[];
};

/** Phones that have predicted with each release. */
async function phonesByRelease(context: LoopContext): Promise<ReadonlyMap<string, number>> {
  const snapshot = await latestSnapshot(context.catalog, context.folder);
  if (snapshot === null) return new Map();
  const columns = await context.engine.columns(`SELECT release, count(DISTINCT install_id)::DOUBLE AS phones
FROM (${predictionSql(context.model, (table) => tableSql(snapshot, table))}) GROUP BY release`);
  const phones = numbers(columns, "phones");
  return new Map(texts(columns, "release").map((release, row) => [release ?? "", phones[row]!]));
}

/** Reads the status of a folder from its catalog. */
export async function catalogStatus(context: LoopContext): Promise<CatalogStatus> {
  const { catalog } = context;
  const phones = await phonesByRelease(context);
  const alerts = (await listAlerts(catalog)).filter(({ kind }) => kind === "drift");
  return {
    snapshots: (await listSnapshots(catalog)).map(({ id, created_at, rows, files, bytes }) => ({
      id,
      createdAt: created_at,
      rows,
      files,
      bytes,
    })),
    runs: (await listRuns(catalog)).map((run) => ({
      id: run.id,
      createdAt: run.created_at,
      snapshot: run.snapshot,
      status: run.status,
      parameters: withoutNulls<string | number>(run.parameters),
      metrics: withoutNulls<number>(run.metrics),
    })),
    releases: (await listReleases(catalog)).map((release) => ({
      version: release.version,
      id: release.id,
      issuedAt: release.issued_at,
      run: release.run,
      bytes: (release.metrics as ReleaseMetrics).bytes,
      parity: (release.metrics as ReleaseMetrics).parity,
      accuracy: null,
      phones: phones.get(release.id) ?? 0,
    })),
    detectedAt: alerts[0]?.created_at ?? null,
    points: (await listAssessments(catalog, { newest: CURVE_POINTS })).map(({ at, verdict, detail }) => {
      const { people, fraction, nullFraction } = detail as AssessmentDetail;
      return { at, verdict: verdict as DriftPoint["verdict"], people, fraction, nullFraction };
    }),
  };
}

function withoutNulls<Value>(record: unknown): Record<string, Value> {
  const entries = Object.entries(record as Record<string, Value | null>);
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== null));
}

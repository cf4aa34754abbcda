import type { LoadedGraph } from "@tideline/graph";
import type { LoopReport, ReleaseReport } from "@tideline/spec";
import { commit, listAlerts, listReleases, recordEvaluation, type ReleaseRow } from "../catalog/index.ts";
import { openIdentity, type Identity } from "../dataset/index.ts";
import { latestSnapshot, tableSql } from "../lake/index.ts";
import {
  labelCoverage,
  liveQuality,
  measureSkew,
  readLive,
  selectLive,
  type LivePredictions,
} from "../monitor/index.ts";
import { onnxruntimeNode } from "../runtime/index.ts";
import { accountEvents, type PhoneLedger } from "./account-events.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ReleaseMetrics } from "./offer.ts";

export type { PhoneLedger } from "./account-events.ts";

/** The figures of a report that the lake and the catalog hold. */
export type LoopMeasures = Pick<
  LoopReport,
  | "events"
  | "quarantine"
  | "releases"
  | "drift"
  | "accuracy"
  | "labels"
  | "predictions"
  | "skew"
  | "tableSkew"
>;

/** Graphs of releases, loaded, by id. */
async function loadGraphs(
  context: LoopContext,
  releases: readonly ReleaseRow[],
): Promise<Map<string, LoadedGraph>> {
  const graphs = new Map<string, LoadedGraph>();
  for (const { id } of releases) {
    if (!graphs.has(id)) graphs.set(id, await onnxruntimeNode.load(await context.artifacts.read(id)));
  }
  return graphs;
}

/** What a release says of its model table; nothing for one of before there were tables. */
function tableReport({ tableParity, noTable }: ReleaseMetrics): Pick<ReleaseReport, "table"> {
  if (tableParity !== undefined) return { table: { offered: true, parity: tableParity } };
  return noTable === undefined ? {} : { table: { offered: false, reason: noTable } };
}

/**
 * A release's quality as phones measured it, over people that it was not trained on. The first release is judged
 * on what came before the drift that was injected; a later one on all.
 */
function releaseReport(
  live: LivePredictions,
  release: ReleaseRow,
  classes: number,
  before: number | null,
  identity: Identity,
): ReleaseReport {
  const metrics = release.metrics as ReleaseMetrics;
  const taught = new Set(metrics.trainedOn.map(identity.personOf));
  const rows = selectLive(
    live,
    (row) =>
      live.release[row] === release.id &&
      live.source[row] === "device" &&
      (live.role[row] === "control" || live.role[row] === "corrections") &&
      !taught.has(live.person[row]!) &&
      (before === null || live.time[row]! < before),
  );
  const quality = liveQuality(live, rows, classes);
  return {
    id: release.id,
    version: release.version,
    accuracy: quality.accuracy,
    macroF1: quality.macroF1,
    people: quality.people,
    predictions: quality.predictions,
    bytes: metrics.bytes,
    parity: metrics.parity,
    p95Ms: quality.p95Ms,
    ...tableReport(metrics),
  };
}

/** Measures the loop at its end: from the newest snapshot, the releases, and the phones' own ledgers. */
export async function measureLoop(
  context: LoopContext,
  phones: readonly PhoneLedger[],
  injectedAt: number | null,
): Promise<LoopMeasures> {
  const { catalog, engine, model, folder, channel, clock } = context;
  const snapshot = (await latestSnapshot(catalog, folder))!;
  const relation = (table: string): string => tableSql(snapshot, table);
  const identity = await openIdentity(engine, snapshot);
  const live = await readLive(engine, model, { relation, identity });
  const releases = await listReleases(catalog, channel);
  const graphs = await loadGraphs(context, releases);
  const tables = new Set(phones.flatMap(({ tableOnly, install }) => (tableOnly === true ? [install] : [])));
  const { some, ...skew } = await measureSkew(engine, snapshot, model, relation, graphs, tables);
  for (const graph of graphs.values()) await graph.release();

  const classes = model.labels.length;
  const [first, second] = releases;
  const control = (release: ReleaseRow | undefined, when: (time: number) => boolean): number | null => {
    if (release === undefined) return null;
    const rows = selectLive(
      live,
      (row) => live.role[row] === "control" && live.release[row] === release.id && when(live.time[row]!),
    );
    return liveQuality(live, rows, classes).accuracy;
  };
  const reports = releases.map((release, index) =>
    releaseReport(live, release, classes, index === 0 ? injectedAt : null, identity),
  );
  for (const { id, people, accuracy, macroF1 } of reports) {
    await commit(catalog, (writer) =>
      recordEvaluation(writer, {
        id: `live/${id}/${snapshot.id}`,
        at: clock(),
        subject_set: "test",
        people,
        model: model.name,
        release: id,
        run: null,
        reason: "report",
        metrics: { accuracy, macroF1 },
      }),
    );
  }
  const watched = selectLive(live, (row) => live.role[row] === "control" || live.role[row] === "corrections");
  const bySource = (source: string): number => live.source.filter((of) => of === source).length;
  const alerts = (await listAlerts(catalog)).filter(({ kind }) => kind === "drift");
  return {
    ...(await accountEvents(engine, snapshot, phones)),
    releases: reports,
    drift: { injectedAt, detectedAt: alerts[0]?.created_at ?? null },
    accuracy: {
      before: control(first, (time) => injectedAt === null || time < injectedAt),
      drifted: injectedAt === null ? null : control(first, (time) => time >= injectedAt),
      after: control(second, () => true),
    },
    labels: labelCoverage(live, watched),
    predictions: { device: bySource("device"), endpoint: bySource("endpoint"), rule: bySource("rule") },
    skew,
    tableSkew: { phones: tables.size, ...some },
  };
}

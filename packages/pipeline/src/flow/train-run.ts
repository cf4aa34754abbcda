import { canonicalJson, type ModelDefinition } from "@tideline/spec";
import { commit, recordEvaluation, recordRun, type ReleaseRow, type RunRow } from "../catalog/index.ts";
import { openIdentity } from "../dataset/index.ts";
import { buildTrainingSet, compareView, type TrainingSet } from "../feature/index.ts";
import { eventTables, tableSql, type Snapshot } from "../lake/index.ts";
import { decodeFittedState, modelGraph, scoreFitted, type Score, type TrainOptions } from "../train/index.ts";
import { asBytes, asText } from "./artifact-text.ts";
import { fitStep, type Fit } from "./fit-step.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ReleaseMetrics } from "./offer.ts";

/** Why and on what a model is trained. */
export interface TrainRequest {
  readonly reason: "first" | "drift" | "erasure" | "rerun";
  readonly snapshot: Snapshot;
  /** Relation of the snapshot's windows with features. */
  readonly windows: string;
  /** Rows after it are recent; null when nothing has drifted. */
  readonly recentSince: number | null;
  /** The release that is to be beaten; null before the first. */
  readonly champion: ReleaseRow | null;
}

/** What a run keeps of its quality. */
export interface RunMetrics {
  /** On validation people. */
  readonly accuracy: number;
  readonly macroF1: number;
  readonly logLoss: number;
  readonly baselineMajority: number;
  readonly baselineCentroid: number;
  /** Of the champion on the same rows; null where there was none. */
  readonly championMacroF1: number | null;
  readonly rows: number;
  readonly people: number;
}

/** A run with what was made in it. */
export interface TrainedRun {
  readonly run: RunRow;
  readonly set: TrainingSet;
  readonly fit: Fit;
  /** The release's graph. */
  readonly graph: Uint8Array;
  /** Why it may not be released; null where it may. */
  readonly fault: string | null;
}

/** Why a model may not be released, or null: gates first, then the champion. */
function judge(
  model: ModelDefinition,
  { validation, baselines }: Fit["report"],
  champion: { readonly version: number; readonly score: Score } | null,
): string | null {
  const { macroF1, liftOverBaseline } = model.gates;
  if (validation.macroF1 < macroF1) {
    return `macro F1 ${validation.macroF1.toFixed(3)} on validation people is below the gate of ${macroF1}`;
  }
  const lift = validation.accuracy - baselines.majority.accuracy;
  if (lift < liftOverBaseline) {
    return `accuracy is ${lift.toFixed(3)} above the majority class; the gate asks for ${liftOverBaseline}`;
  }
  if (champion !== null && champion.score.macroF1 >= validation.macroF1) {
    return `the champion, release ${champion.version}, is as good (macro F1 ${champion.score.macroF1.toFixed(3)})`;
  }
  return null;
}

/** The champion's quality on the rows that validated the challenger. */
async function scoreChampion(
  context: LoopContext,
  set: TrainingSet,
  rows: Int32Array,
  champion: ReleaseRow | null,
) {
  if (champion === null) return null;
  const { fitted } = champion.metrics as ReleaseMetrics;
  const state = decodeFittedState(asText(await context.artifacts.read(fitted)));
  return { version: champion.version, score: scoreFitted(set, state, rows) };
}

/**
 * Trains a model on a snapshot: checks the feature views, builds the training set, fits, makes the graph and judges
 * it. The run is recorded, and the ledger of evaluations counts the look at validation people.
 */
export async function trainRun(
  context: LoopContext,
  request: TrainRequest,
  flow: string | null,
  onProgress?: TrainOptions["onProgress"],
): Promise<TrainedRun> {
  const { model, engine, artifacts, catalog, clock, seed, definition, app } = context;
  const { snapshot, windows, recentSince, champion, reason } = request;
  const relation = (table: string): string => tableSql(snapshot, table);
  const identity = await openIdentity(engine, snapshot);
  const began = clock();
  for (const view of app.views) {
    await compareView(engine, view, { events: relation(view.source.event), windows, identity });
  }
  const names = context.graph.names;
  const set = await buildTrainingSet(engine, model, {
    windows,
    people: { relation, identity },
    events: eventTables(snapshot),
    names,
  });
  const fit = await fitStep(context, set, {
    seed,
    recentSince,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const metadata = { definition, model: model.name, labels: model.labels.join(",") };
  const graph = modelGraph(model, fit.fitted, metadata).bytes;
  const artifact = await artifacts.put(graph);
  const people = await artifacts.put(asBytes(canonicalJson([...new Set(set.subjects)].sort())));
  const beaten = await scoreChampion(context, set, fit.validationRows, champion);
  const fault = judge(model, fit.report, beaten);
  const { validation, baselines, chosen } = fit.report;
  const metrics: RunMetrics = {
    accuracy: validation.accuracy,
    macroF1: validation.macroF1,
    logLoss: validation.logLoss,
    baselineMajority: baselines.majority.accuracy,
    baselineCentroid: baselines.nearestCentroid.accuracy,
    championMacroF1: beaten?.score.macroF1 ?? null,
    rows: fit.rows.length,
    people: new Set(set.people).size,
  };
  const run: RunRow = {
    id: fit.key,
    model: model.name,
    snapshot: snapshot.id,
    definition,
    seed,
    status: fault === null ? "finished" : "rejected",
    created_at: began,
    finished_at: clock(),
    parameters: { ...chosen, reason, recentSince },
    metrics,
    lineage: {
      flow,
      trainingSet: set.key,
      fitted: fit.fittedArtifact,
      report: fit.reportArtifact,
      // Whose rows it had: an erasure asks, and takes the person out.
      people: people.sha256,
      champion: champion?.id ?? null,
      fault,
      // Links between pseudonyms, those that a person had too many of, and rows that could be anybody's.
      identity: { ...identity.counts, sharedRows: set.sharedRows },
    },
    artifact: artifact.sha256,
  };
  if (reason !== "rerun") {
    await commit(catalog, async (writer) => {
      await recordRun(writer, run);
      await recordEvaluation(writer, {
        id: `run/${run.id}`,
        at: clock(),
        subject_set: "validation",
        // A report from the cache may be older than the count.
        people: validation.persons ?? validation.people.length,
        model: model.name,
        release: null,
        run: run.id,
        reason: "choose the candidate",
        metrics: { accuracy: validation.accuracy, macroF1: validation.macroF1 },
      });
    });
  }
  return { run, set, fit, graph, fault };
}

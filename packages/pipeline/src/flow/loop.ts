import type { DriftReference } from "@tideline/learn";
import { canonicalJson, type AccuracyPoint, type LoopStatus, type ModelDefinition } from "@tideline/spec";
import {
  latestRelease,
  listAlerts,
  listAssessments,
  type AlertRow,
  type ReleaseRow,
} from "../catalog/index.ts";
import { openIdentity, type Identity, type Relation } from "../dataset/index.ts";
import { recentWindows, windowFeatures, windowRelation } from "../feature/index.ts";
import { readLogs, writerEnds } from "../ingest/index.ts";
import { compact, eventTables, identifier, openEngine, tableSql, type Snapshot } from "../lake/index.ts";
import type { LogPosition, LogProgress } from "../log-record.ts";
import {
  currentSessions,
  labelCoverage,
  liveQuality,
  readLive,
  referenceOfPeople,
  selectLive,
  type LivePredictions,
} from "../monitor/index.ts";
import { ERASURE_ALERT, hasRequests } from "../subject/index.ts";
import type { TrainOptions } from "../train/index.ts";
import { asText } from "./artifact-text.ts";
import { assertOwner } from "./assert-owner.ts";
import { catalogStatus, CURVE_POINTS } from "./catalog-status.ts";
import { createRetention } from "./keep-retention.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ReleaseMetrics } from "./offer.ts";
import type { ProgressBoard } from "./progress.ts";
import { readiness } from "./readiness.ts";
import { renewWhenDue } from "./renew.ts";
import { changeRollout, watchRollout, type RolloutAlertDetail } from "./rollout.ts";
import type { RolloutAction } from "./rollout-action.ts";
import { settlePeople } from "./settle-people.ts";
import { trainAndRelease, type TrainOutcome } from "./train-and-release.ts";
import { answerAlert, watchDrift, type DriftAlertDetail } from "./watch.ts";

/** What a turn of the loop shows to the page and the CLI. */
export type LoopState = Pick<
  LoopStatus,
  "stages" | "snapshots" | "runs" | "releases" | "accuracy" | "labels"
> & {
  readonly drift: Pick<LoopStatus["drift"], "detectedAt" | "points">;
};

/** What the loop tells its owner. */
export interface LoopEvents {
  /** A release was signed: the console offers it from now on. */
  readonly onRelease: (release: ReleaseRow) => void;
  readonly onAlert: (alert: AlertRow) => void;
  /** A run ended without a release. */
  readonly onRejected: (reason: string) => void;
}

/** The loop over a folder, turned by its owner. */
export interface Loop {
  /**
   * One turn: what the log holds up to `durable`, and what those of further writers hold by now, becomes a snapshot,
   * the monitor looks at it, and training begins when it is due. Training goes on beside later turns. Never two turns
   * at a time.
   */
  turn(durable: LogPosition): Promise<LoopState>;
  /** Does what the owner asks of the roll-out, between two turns; the answer is also told as a release. */
  rollout(action: RolloutAction): Promise<ReleaseRow>;
  /** Resolves when no training is under way. */
  settled(): Promise<void>;
}

/** Quiet times after a refusal before training is tried again: phones that go on make a snapshot each second. */
const REFUSED_FOR = 10;

/** Relation of the windows of a snapshot, computed where they changed. */
export async function snapshotWindows(context: LoopContext, snapshot: Snapshot): Promise<string> {
  const files = await windowFeatures(context, snapshot, context.model, context.graph);
  return windowRelation(context.folder, files);
}

/** Work with an engine of its own, for what goes on beside the turns: a connection answers one query at a time. */
async function withOwnEngine<Result>(
  context: LoopContext,
  work: (own: LoopContext) => Promise<Result>,
): Promise<Result> {
  const engine = await openEngine({ temporary: context.layout.temporary, threads: 2 });
  try {
    return await work({ ...context, engine });
  } finally {
    await engine.close();
  }
}

/** The frames of a model's windows as if they were windows: enough to see who has labelled what. */
function frameRelation({ window }: ModelDefinition, relation: Relation): string {
  return `(SELECT subject, ${identifier(window.session)} AS session, ${identifier(window.start)} AS start, time
FROM ${relation(window.event)})`;
}

/** Until when windows were like those of training, where drift asks for a retraining. */
const driftedSince = (alert: AlertRow | null): number | null =>
  alert?.kind === "drift" ? (alert.detail as DriftAlertDetail).stableUntil : null;

/** Why a model is trained. */
function reasonOf(alert: AlertRow | null): "first" | "drift" | "erasure" {
  if (alert === null) return "first";
  return alert.kind === ERASURE_ALERT ? "erasure" : "drift";
}

/** Live accuracy of the release in use, over people that it was not trained on. */
function accuracyPoint(
  live: LivePredictions,
  release: ReleaseRow,
  classes: number,
  at: number,
  identity: Identity,
): AccuracyPoint | null {
  const { trainedOn } = release.metrics as ReleaseMetrics;
  const taught = new Set(trainedOn.map(identity.personOf));
  // The newest quarter of an hour: a curve that follows a change, over windows enough to be steady.
  const since = at - 15 * 60_000;
  const rows = selectLive(
    live,
    (row) =>
      live.release[row] === release.id &&
      !taught.has(live.person[row]!) &&
      live.actual[row]! >= 0 &&
      live.time[row]! >= since,
  );
  const { accuracy, labelled } = liveQuality(live, rows, classes);
  return accuracy === null ? null : { at, release: release.id, accuracy, labelled };
}

/** Makes the loop over an open folder. */
export function createLoop(context: LoopContext, board: ProgressBoard, events: LoopEvents): Loop {
  const { catalog, engine, model, channel, clock, app, layout, artifacts } = context;
  const retain = createRetention(context);
  const accuracy: AccuracyPoint[] = [];
  let training: Promise<void> | null = null;
  let seen: string | null = null;
  let caughtUp: { readonly position: string; readonly snapshot: Snapshot | null } | null = null;
  let suspicious = false;
  let labels: LoopStatus["labels"] = { coverage: 0, medianDelay: 0 };
  /** Where and when training was last refused, so that it is not tried again at once on much the same rows. */
  let refused: { readonly snapshot: string; readonly at: number } | null = null;

  let busy: Promise<unknown> = Promise.resolve();
  /**
   * Turns, what the owner asks and the end of a training: one after the other, since each may make the channel's next
   * version. A turn waits for no training, else the two would wait for each other.
   */
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = busy.then(work);
    busy = done.catch(() => undefined);
    return done;
  };
  /** Makes a release in its turn, and tells of it: versions are told in the order of their numbers. */
  const releaseInTurn = (make: () => Promise<ReleaseRow>): Promise<ReleaseRow> =>
    inTurn(async () => {
      const row = await make();
      events.onRelease(row);
      return row;
    });

  const train = (snapshot: Snapshot, alert: AlertRow | null, champion: ReleaseRow | null): void => {
    const stage = alert === null ? "train" : "retrain";
    board.set(stage, "running", "computing features and building the training set");
    const request = {
      reason: reasonOf(alert),
      snapshot,
      recentSince: driftedSince(alert),
      champion,
    };
    const finish = async (outcome: TrainOutcome): Promise<void> => {
      if (outcome.kind === "rejected") {
        refused = { snapshot: snapshot.id, at: clock() };
        board.set(stage, "running", `not released: ${outcome.reason}`);
        events.onRejected(outcome.reason);
        return;
      }
      if (alert !== null) await answerAlert(catalog, alert);
      const { metrics, version } = outcome.release;
      board.set(
        stage,
        "done",
        `run ${outcome.run.id.slice(0, 8)}, macro F1 ${describe(outcome.run.metrics)}`,
      );
      board.set("release", "done", `release ${version}, ${(metrics as ReleaseMetrics).bytes} bytes, signed`);
    };
    training = withOwnEngine(context, async (own) => {
      const windows = await snapshotWindows(own, snapshot);
      const onProgress: TrainOptions["onProgress"] = (progress) => {
        board.set(stage, "running", `${progress.done + 1} of ${progress.total}: ${progress.detail}`);
      };
      return trainAndRelease(own, { ...request, windows }, onProgress, releaseInTurn);
    })
      .then(finish)
      .catch((cause: unknown) => {
        refused = { snapshot: snapshot.id, at: clock() };
        board.set(stage, "failed", cause instanceof Error ? cause.message : String(cause));
        events.onRejected(cause instanceof Error ? cause.message : String(cause));
      })
      .finally(() => {
        training = null;
      });
  };

  const watch = async (snapshot: Snapshot, release: ReleaseRow, look: number): Promise<void> => {
    const relation = (table: string): string => tableSql(snapshot, table);
    const identity = await openIdentity(engine, snapshot);
    const live = await readLive(engine, model, { relation, identity });
    const point = accuracyPoint(live, release, model.labels.length, clock(), identity);
    if (point !== null) accuracy.push(point);
    if (accuracy.length > CURVE_POINTS) accuracy.shift();
    const watched = selectLive(
      live,
      (row) => live.role[row] === "control" || live.role[row] === "corrections",
    );
    labels = labelCoverage(live, watched);
    const device = selectLive(live, (row) => live.source[row] === "device");
    const people = new Set([...device].map((row) => live.person[row])).size;
    if (device.length > 0) {
      board.set("predict", "running", `${device.length} predictions on ${people} phones`);
    }
    const { driftReference, trainedOn } = release.metrics as ReleaseMetrics;
    const counted = JSON.parse(asText(await artifacts.read(driftReference))) as DriftReference;
    const reference = referenceOfPeople(counted, trainedOn, identity.personOf);
    const sessions = currentSessions(live, release.id, model.drift.minRows);
    const windows = await recentWindows(engine, snapshot, model, context.graph, sessions);
    const step = await watchRollout(context, snapshot, live);
    if (step !== null) {
      events.onRelease(step.release);
      if (step.alert !== null) {
        board.set("release", "failed", (step.alert.detail as RolloutAlertDetail).reason);
        events.onAlert(step.alert);
        return;
      }
      board.set("release", "running", `release ${step.release.version} is offered to more phones`);
    }
    const alert = await watchDrift({ catalog, engine, now: clock() }, model, live, {
      release: release.id,
      reference,
      windows,
      relation,
      snapshot: snapshot.id,
      look,
    });
    const verdict = (await listAssessments(catalog, { release: release.id, newest: 1 })).at(-1)?.verdict;
    suspicious = alert === null && verdict === "drifted" && look === 0;
    if (alert !== null) {
      board.set("monitor", "running", `drift: ${(alert.detail as DriftAlertDetail).reason}`);
      events.onAlert(alert);
    } else
      board.set(
        "monitor",
        "running",
        point === null ? "waiting for labels" : `live accuracy ${percent(point.accuracy)}`,
      );
  };

  const turnOnce = async (durable: LogPosition): Promise<LoopState> => {
    const began = clock();
    const ends: LogProgress = { log: durable, logs: await writerEnds(context.folder) };
    const catchUp = () =>
      compact({
        owner: { layout, assertEpoch: () => assertOwner(layout, catalog.epoch) },
        catalog,
        app,
        read: (log, logs) => readLogs(context.folder, { log, logs }, ends),
        clock,
      });
    // Nothing new: a server that waits for phones should cost next to nothing.
    if (caughtUp === null || caughtUp.position !== canonicalJson(ends)) {
      let { snapshot, complete } = await catchUp();
      while (!complete) ({ snapshot, complete } = await catchUp());
      caughtUp = { position: canonicalJson(ends), snapshot };
    }
    // A training that is under way may read what an erasure deletes, and would learn from who leaves.
    const rewritten = training === null ? await settlePeople(context) : null;
    if (rewritten !== null) caughtUp = { ...caughtUp, snapshot: rewritten };
    const retained = training === null ? await retain() : null;
    if (retained !== null) caughtUp = { ...caughtUp, snapshot: retained };
    const { snapshot } = caughtUp;
    const latest = (await latestRelease(catalog, channel)) ?? null;
    const renewed = await renewWhenDue(context, latest);
    if (renewed !== null) events.onRelease(renewed);
    const release = renewed ?? latest;
    if (snapshot !== null) {
      const isNew = snapshot.id !== seen;
      seen = snapshot.id;
      if (isNew)
        board.set(
          "store",
          "running",
          `snapshot ${snapshot.id.slice(0, 8)}, ${snapshot.manifest.counts.events} events`,
        );
      // Drift that was found once is looked for again, also when phones have fallen silent since.
      if (release !== null && (isNew || suspicious)) await watch(snapshot, release, isNew ? 0 : 1);
      await trainWhenDue(snapshot, began);
    }
    return state();
  };

  /** @param began when the turn began: of labels that came since it knows nothing, however long it took */
  const trainWhenDue = async (snapshot: Snapshot, began: number): Promise<void> => {
    if (training !== null || refused?.snapshot === snapshot.id || (await hasRequests(catalog))) return;
    if (refused !== null && clock() - refused.at < REFUSED_FOR * model.retrain.quiet) return;
    // Read again: a training that ended while this turn was under way has made a release that the turn began without.
    const release = (await latestRelease(catalog, channel)) ?? null;
    const alert =
      (await listAlerts(catalog, "open")).find(({ kind }) => kind === "drift" || kind === ERASURE_ALERT) ??
      null;
    if (release !== null && alert === null) return;
    if (alert !== null && alert.release !== release?.id) {
      // A kill between the release that answers an alert and the end of the alert must not train once more.
      await answerAlert(catalog, alert);
      return;
    }
    const relation = (table: string): string => tableSql(snapshot, table);
    const since = driftedSince(alert);
    const source = {
      windows: frameRelation(model, relation),
      people: { relation, identity: await openIdentity(engine, snapshot) },
      events: eventTables(snapshot),
    };
    const { ready, reason } = await readiness(engine, model, source, { since, now: began });
    board.set(alert === null ? "prepare" : "retrain", "running", reason);
    if (!ready) return;
    if (alert === null) board.set("prepare", "done", reason);
    // A model that learned from somebody who has left is replaced by one that did not, better or not.
    train(snapshot, alert, alert?.kind === ERASURE_ALERT ? null : release);
  };

  const state = async (): Promise<LoopState> => {
    const { detectedAt, points, releases, ...rest } = await catalogStatus(context);
    const latest = (id: string): number | null =>
      accuracy.findLast(({ release }) => release === id)?.accuracy ?? null;
    return {
      ...rest,
      releases: releases.map((release) => ({ ...release, accuracy: latest(release.id) })),
      stages: board.stages(),
      accuracy: [...accuracy],
      labels,
      drift: { detectedAt, points },
    };
  };

  return Object.freeze({
    turn: (durable: LogPosition) => inTurn(() => turnOnce(durable)),
    rollout: (action: RolloutAction) => releaseInTurn(() => changeRollout(context, action)),
    settled: async () => void (await training),
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const describe = (metrics: unknown): string => (metrics as { macroF1: number }).macroF1.toFixed(3);

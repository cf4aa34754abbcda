import { DEFAULT_ROLLOUT, tidelineError, UPDATE_EVENT, type RolloutPlan } from "@tideline/spec";
import {
  commit,
  listAlerts,
  listReleases,
  recordAlert,
  recordRelease,
  updateRelease,
  type AlertRow,
  type ReleaseRow,
} from "../catalog/index.ts";
import { eventTables, tableSql, type Snapshot } from "../lake/index.ts";
import {
  failureReason,
  lossReason,
  rolloutHealth,
  type LivePredictions,
  type RolloutHealth,
} from "../monitor/index.ts";
import {
  killRelease,
  manifestOf,
  rollbackRelease,
  shareRelease,
  type SignedRelease,
} from "../release/index.ts";
import type { LoopContext } from "./loop-context.ts";
import type { ReleaseMetrics } from "./offer.ts";
import type { RolloutAction } from "./rollout-action.ts";
import { formerManifest, rolloutHistory, type RolloutHistory } from "./rollout-history.ts";
import { isDue, nextStage } from "./rollout-stage.ts";

/** What a roll-out needs of the loop. */
export type RolloutContext = Pick<LoopContext, "catalog" | "keys" | "clock" | "channel" | "artifacts">;

/** Kind of the alert that a halted roll-out leaves. */
export const ROLLOUT_ALERT = "rollout";

/** What a halted roll-out leaves. */
export interface RolloutAlertDetail {
  readonly reason: string;
  /** Version that was withdrawn. */
  readonly version: number;
  readonly health: RolloutHealth | null;
  /** Version under which phones have a release again, or the kill switch where there was none to go back to. */
  readonly answer: number;
  readonly killed: boolean;
}

/** What is recorded together with a new version. */
interface Withdrawal {
  readonly versions: readonly number[];
  readonly alert: ((answer: ReleaseRow) => AlertRow) | null;
}

/** Records a manifest as the newest of the channel, over a run and its metrics. */
async function record(
  { catalog }: RolloutContext,
  { release, envelope }: SignedRelease,
  of: ReleaseRow,
  withdrawal: Withdrawal | null = null,
): Promise<ReleaseRow> {
  const row: ReleaseRow = {
    ...of,
    version: release.version,
    issued_at: release.issued,
    expires_at: release.expires,
    status: "offered",
    envelope,
  };
  await commit(catalog, async (writer) => {
    await recordRelease(writer, row);
    if (withdrawal === null) return;
    for (const version of withdrawal.versions) {
      await updateRelease(writer, { channel: row.channel, version }, { status: "withdrawn" });
    }
    if (withdrawal.alert !== null) await recordAlert(writer, withdrawal.alert(row));
  });
  return row;
}

const nextOf = ({ keys, clock }: RolloutContext, { version }: ReleaseRow) => ({
  previousVersion: version,
  now: clock(),
  keys,
});

/** Withdraws what is on offer: every phone goes back to the release before, or to none where there was none. */
async function withdraw(
  context: RolloutContext,
  { row, manifest, former, versions }: RolloutHistory,
  alert: Withdrawal["alert"] = null,
): Promise<ReleaseRow> {
  const next = nextOf(context, row);
  const withdrawal = { versions, alert };
  if (former === null) return record(context, killRelease(manifest, next), row, withdrawal);
  const back = await rollbackRelease(manifestOf(former), { ...next, artifacts: context.artifacts });
  return record(context, back, former, withdrawal);
}

/**
 * Does what the owner asks, as the channel's next version. Asked again, as after an answer that was lost, a halt changes
 * nothing: what it went back to is on no trial.
 *
 * @throws `NOT_FOUND` where the channel is another one, nothing is on offer or on trial, no such version was offered, or
 * the version that was seen on offer is so no more; `ARGUMENT_INVALID`
 */
export async function changeRollout(context: RolloutContext, action: RolloutAction): Promise<ReleaseRow> {
  const missing = (field: string, received: string, expected?: string) =>
    tidelineError("NOT_FOUND", { who: `channel ${context.channel}`, field, expected, received });
  if (action.channel !== context.channel) {
    throw missing("channel", action.channel, "the channel of this folder's loop");
  }
  const rows = await listReleases(context.catalog, context.channel);
  if (action.kind === "offer") {
    const target = rows.find(({ version }) => version === action.version);
    if (target === undefined) throw missing("version", `no release ${action.version}`);
    const { share } = action;
    const former = formerManifest(rows, target.id);
    const options = { ...nextOf(context, rows.at(-1)!), artifacts: context.artifacts };
    const stage = { share, former };
    return record(context, await rollbackRelease(manifestOf(target), { ...options, stage }), target);
  }
  const history = rolloutHistory(rows);
  if (history === null) throw missing("release", "nothing on offer");
  const { row, manifest, versions, isReturn } = history;
  const next = nextOf(context, row);
  if (action.kind === "kill") return record(context, killRelease(manifest, next), row);
  const { version } = action;
  // A renewal and a wider share are versions of the release that was seen; a share was meant for what it was.
  const isSeen = action.kind === "halt" ? versions.includes(version) : version === row.version;
  if (!isSeen) throw missing("version", String(version), `version ${row.version}, which is on offer`);
  if (action.kind === "share") return record(context, shareRelease(manifest, action.share, next), row);
  if (isReturn) throw missing("release", "nothing on trial: phones have gone back to the one on offer");
  return withdraw(context, history);
}

/** What a look at a roll-out led to. */
export interface RolloutStep {
  readonly release: ReleaseRow;
  /** The alert, where the release was withdrawn. */
  readonly alert: AlertRow | null;
}

/**
 * One look at how phones fare with the release on offer. Where too many fail, or people get worse answers than from
 * the one before, it is withdrawn: a higher version brings the one before back, and an alert is opened. Where enough
 * phones do well for long enough, it is offered to the plan's next share. Null where nothing is due.
 */
export async function watchRollout(
  context: LoopContext,
  snapshot: Snapshot,
  live: LivePredictions | null,
): Promise<RolloutStep | null> {
  const { catalog, engine, model, clock, channel } = context;
  const history = rolloutHistory(await listReleases(catalog, channel));
  if (history === null || history.isReturn) return null;
  const { row, manifest, former, versions, formerVersions, since } = history;
  const plan = model.rollout ?? DEFAULT_ROLLOUT;
  const relation = (table: string): string => tableSql(snapshot, table);
  const isTold = eventTables(snapshot).includes(UPDATE_EVENT);
  const healthOf = (of: readonly number[]) => rolloutHealth(engine, model, relation, isTold ? of : []);
  const health = await healthOf(versions);
  const failure = failureReason(plan, health, await healthOf(formerVersions));
  const loss =
    former === null || live === null
      ? null
      : lossReason(plan, live, {
          now: row.id,
          before: former.id,
          since,
          taught: new Set([row, former].flatMap(({ metrics }) => (metrics as ReleaseMetrics).trainedOn)),
        });
  const reason = failure ?? loss;
  if (reason !== null) {
    const alertOf = (answer: ReleaseRow): AlertRow => ({
      id: `${ROLLOUT_ALERT}/${row.channel}/${row.version}`,
      kind: ROLLOUT_ALERT,
      model: model.name,
      release: row.id,
      created_at: clock(),
      detail: {
        reason,
        version: row.version,
        health: isTold ? health : null,
        answer: answer.version,
        killed: former === null,
      } satisfies RolloutAlertDetail,
      state: "open",
    });
    const release = await withdraw(context, history, alertOf);
    const alert = (await listAlerts(catalog)).find(({ id }) => id === alertOf(release).id)!;
    return { release, alert };
  }
  const stage = nextStage(history, plan, health);
  if (stage === null || !isDue(stage, clock())) return null;
  const release = await record(context, shareRelease(manifest, stage.share, nextOf(context, row)), row);
  return { release, alert: null };
}

/** Phones of which nothing was heard. */
const UNHEARD: RolloutHealth = { phones: 0, failing: 0, withFailedFile: 0, heldBack: 0 };

/**
 * How the roll-out of what is on offer stands; null where nothing is. `health` is null where no phone has told of an
 * update, `next` at the end of the plan and where none is given.
 */
export async function rolloutStatus(
  context: Pick<LoopContext, "catalog" | "channel" | "engine"> & {
    readonly model: Pick<LoopContext["model"], "name">;
  },
  snapshot: Snapshot | null,
  plan: RolloutPlan | null = null,
) {
  const history = rolloutHistory(await listReleases(context.catalog, context.channel));
  if (history === null) return null;
  const { row, manifest, versions, sharedSince, former } = history;
  const isTold = snapshot !== null && eventTables(snapshot).includes(UPDATE_EVENT);
  const health = isTold
    ? await rolloutHealth(context.engine, context.model, (table) => tableSql(snapshot, table), versions)
    : null;
  return {
    version: row.version,
    id: row.id,
    share: manifest.rollout?.share ?? 1,
    since: sharedSince,
    former: former?.version ?? null,
    health,
    next: plan === null ? null : nextStage(history, plan, health ?? UNHEARD),
  };
}

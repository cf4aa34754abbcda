import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  changeRollout,
  latestSnapshot,
  listReleases,
  manifestOf,
  openArtifacts,
  openCatalog,
  openEngine,
  openKeys,
  ownFolder,
  readOwner,
  readRolloutAction,
  rolloutStatus,
  type ReleaseMetrics,
  type ReleaseRow,
  type RolloutAction,
} from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { localTime, shortId } from "../output/figure.ts";
import { askOwner } from "./ask-owner.ts";
import { locateFolder, withFolder } from "./open-folder.ts";
import { describeHealth, describeNext, percent, servedPlan } from "./release-plan.ts";

/** The channel of a model: the named one's, or that of the only one. */
function channelOf(releases: readonly ReleaseRow[], model: string | undefined): string {
  const channels = [...new Set(releases.map(({ channel }) => channel))];
  const found = channels.filter((channel) => model === undefined || channel.startsWith(`${model}/`));
  if (found.length === 1) return found[0]!;
  throw tidelineError(found.length === 0 ? "NOT_FOUND" : "ARGUMENT_INVALID", {
    who: "tideline release",
    field: "--model",
    expected: channels.length === 0 ? "a folder with a release" : `one of ${channels.join(", ")}`,
    received: model ?? (channels.length === 0 ? "none yet" : "several"),
  });
}

/** What is said of a release after a change. */
function describeRow(row: ReleaseRow): { readonly value: object; readonly text: string } {
  const { kill, rollout } = manifestOf(row);
  const share = rollout?.share ?? 1;
  const state = kill ? "switches the model off on every phone" : `offered to ${percent(share)} of the phones`;
  return {
    value: { channel: row.channel, version: row.version, id: row.id, share: kill ? 0 : share, killed: kill },
    text: `${row.channel} version ${row.version}, model ${shortId(row.id)}: ${state}`,
  };
}

/** In what a release comes, and in what it does not though its definition asks for it. */
function formatsOf(row: ReleaseRow): {
  readonly formats: readonly string[];
  readonly withheld: Readonly<Record<string, string>>;
} {
  const { withheld = {} } = row.metrics as Partial<ReleaseMetrics>;
  return { formats: manifestOf(row).variants.map(({ kind, format }) => kind ?? format), withheld };
}

/**
 * `tideline release`: how far the release on offer has come: its share, in what formats it comes, how many phones run it, on how
 * many it fails, how many hold back.
 *
 * @throws `FOLDER_INVALID`, `NOT_FOUND`
 */
export async function releaseCommand(named: string, model: string | undefined): Promise<CommandResult> {
  return withFolder(named, async ({ folder, catalog }) => {
    const releases = await listReleases(catalog);
    const channel = channelOf(releases, model);
    const name = channel.slice(0, channel.indexOf("/"));
    const temporary = await mkdtemp(join(tmpdir(), "tideline-release-"));
    const engine = await openEngine({ temporary, threads: 1 });
    try {
      const snapshot = await latestSnapshot(catalog, folder);
      const plan = await servedPlan(folder, name);
      const context = { catalog, channel, engine, model: { name } };
      const status = await rolloutStatus(context, snapshot, plan?.plan ?? null);
      const row = releases.findLast((one) => one.channel === channel)!;
      if (status === null) return describeRow(row);
      const { version, id, share, since, former } = status;
      const { formats, withheld } = formatsOf(row);
      const lines = [
        `${channel} version ${version}, model ${shortId(id)}`,
        `offered    to ${percent(share)} of the phones since ${localTime(since)}`,
        `before     ${former === null ? "no other model: halting it switches the model off" : `version ${former}`}`,
        `formats    ${formats.join(", ")}`,
        ...Object.entries(withheld).map(([format, reason]) => `without    ${format}: ${reason}`),
        `phones     ${describeHealth(status, plan)}`,
        ...describeNext(status, plan, Date.now()).map((next) => `next       ${next}`),
      ];
      return { value: { folder, channel, formats, withheld, ...status }, text: lines.join("\n") };
    } finally {
      await engine.close();
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

/** Milliseconds that a living owner has: a change waits for the turn of the loop that is under way. */
const PATIENCE = 5 * 60_000;

/** Changes it in this process, which owns the folder meanwhile. */
async function changeHere(folder: string, action: RolloutAction): Promise<ReleaseRow> {
  const owner = await ownFolder(folder, { command: "tideline release" });
  try {
    const catalog = await openCatalog(folder, { epoch: owner.epoch });
    try {
      const keys = await openKeys(join(folder, "keys"), { now: Date.now() });
      const artifacts = await openArtifacts(owner.layout.artifact);
      const context = { catalog, keys, artifacts, clock: Date.now, channel: action.channel };
      return await changeRollout(context, action);
    } finally {
      await catalog.close();
    }
  } finally {
    owner.release();
  }
}

/** What was asked, of the channel and of the version that is on offer as it is asked. */
async function actionOf(named: string, model: string | undefined, asked: object): Promise<RolloutAction> {
  return withFolder(named, async ({ catalog }) => {
    const releases = await listReleases(catalog);
    const channel = channelOf(releases, model);
    const { version } = releases.findLast((row) => row.channel === channel)!;
    return readRolloutAction({ version, ...asked, channel });
  });
}

/**
 * `tideline release share|halt|kill|offer`: changes for whom the newest release is, as the channel's next version,
 * through the process that owns the folder where one lives, else in this one.
 *
 * @throws `FOLDER_INVALID`, `FOLDER_OWNED` where a process owns it that serves no console, `NOT_FOUND` where the release
 * is on offer no more, or where the process that lives keeps another model, `ARGUMENT_INVALID`, `UNAVAILABLE`
 */
export async function changeReleaseCommand(
  named: string,
  model: string | undefined,
  asked: object,
): Promise<CommandResult> {
  const folder = await locateFolder(named);
  const action = await actionOf(named, model, asked);
  const living = await readOwner(folder);
  const isAsked = living !== null && living.addresses.console !== null && living.token !== null;
  return describeRow(
    isAsked
      ? await askOwner<ReleaseRow>(living, "/v1/rollout", { body: action, patience: PATIENCE })
      : await changeHere(folder, action),
  );
}

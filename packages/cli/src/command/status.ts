import { listAlerts, listReleases, listRuns, listSnapshots, type OwnerFile } from "@tideline/pipeline";
import { tidelineError, type LoopStatus } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { bytes, count, localTime, metric, plural, shortId } from "../output/figure.ts";
import { table } from "../output/table.ts";
import { liveLine, summariseOwner, withFolder, type OpenFolder } from "./open-folder.ts";

/** Milliseconds in which a living owner answers: it does nothing for it but read memory. */
const PATIENCE = 5000;

/** Asks the owner of a folder for its status. @throws `UNAVAILABLE` where it does not answer. */
async function askOwner({ pid, addresses, token }: OwnerFile): Promise<LoopStatus> {
  const url = `${addresses.console}/v1/status`;
  const unavailable = (received: string, cause?: unknown) =>
    tidelineError("UNAVAILABLE", {
      who: `process ${pid}`,
      field: url,
      expected: "its status",
      received,
      remedy: `Try again, or stop it (kill ${pid}) and read the folder itself.`,
      cause,
    });
  const response = await fetch(url, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(PATIENCE),
  }).catch((cause: unknown) => {
    throw unavailable("no answer", cause);
  });
  if (!response.ok) throw unavailable(`HTTP status ${response.status}`);
  try {
    return (await response.json()) as LoopStatus;
  } catch (cause) {
    throw unavailable("an answer that is not JSON", cause);
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The status of a living loop, for a person. */
function liveText(status: LoopStatus): string {
  const { ingest, stages, accuracy, drift } = status;
  const stageTable = table(
    stages,
    [
      { name: "stage", text: ({ name }) => name },
      { name: "state", text: ({ state }) => state },
      { name: "seconds", text: ({ seconds }) => seconds.toFixed(1), align: "right" },
      { name: "detail", text: ({ detail }) => detail },
    ],
    "no stage has begun",
  );
  const newest = accuracy.at(-1);
  const release = status.releases.at(-1);
  const lines = [
    `app        ${status.app}, ${status.phase}, at ${localTime(status.now)} of its clock (speed ${status.speed})`,
    `events     ${count(ingest.accepted)} accepted, ${count(ingest.quarantined)} quarantined, ${count(ingest.duplicates)} duplicates`,
    `samples    ${count(ingest.samples)} taken, ${count(ingest.missingSamples ?? 0)} missing`,
    `withheld   ${plural(ingest.withheldFields ?? 0, "field")} without consent to their purpose, never stored`,
    `snapshots  ${count(status.snapshots.length)}, runs ${count(status.runs.length)}, releases ${count(status.releases.length)}`,
    `release    ${release === undefined ? "none yet" : `${release.version} (${shortId(release.id)}) on ${plural(release.phones, "phone")}`}`,
    `accuracy   ${newest === undefined ? "no labels yet" : `${percent(newest.accuracy)} over ${plural(newest.labelled, "label")}`}`,
    `drift      ${drift.detectedAt === null ? "none noticed" : `noticed at ${localTime(drift.detectedAt)}`}`,
  ];
  return `${lines.join("\n")}\n\n${stageTable}`;
}

/** What the catalog alone says of a folder. */
async function readFigures({ catalog }: OpenFolder) {
  const [snapshots, runs, releases, alerts] = await Promise.all([
    listSnapshots(catalog),
    listRuns(catalog),
    listReleases(catalog),
    listAlerts(catalog),
  ]);
  const byStatus = (status: string): number => runs.filter((run) => run.status === status).length;
  return {
    snapshots: snapshots.length,
    newestSnapshot: snapshots.at(-1) ?? null,
    runs: {
      finished: byStatus("finished"),
      rejected: byStatus("rejected"),
      failed: byStatus("failed"),
      running: byStatus("running"),
    },
    newestRun: runs.at(-1) ?? null,
    releases: releases.length,
    offered: releases
      .filter(({ status }) => status === "offered")
      .map(({ channel, version, id, issued_at, expires_at }) => ({
        channel,
        version,
        id,
        issued_at,
        expires_at,
      })),
    alerts: { open: alerts.filter(({ state }) => state === "open").length, all: alerts.length },
  };
}

/** The figures of a folder that nobody runs, for a person. */
function figuresText(figures: Awaited<ReturnType<typeof readFigures>>): string {
  const { newestSnapshot: snapshot, newestRun: run, runs, alerts } = figures;
  const newest =
    snapshot === null
      ? ""
      : `, the newest ${shortId(snapshot.id)} of ${localTime(snapshot.created_at)} with ${plural(snapshot.rows, "row")}, ${bytes(snapshot.bytes)}`;
  return [
    `snapshots  ${count(figures.snapshots)}${newest}`,
    `runs       ${runs.finished} finished, ${runs.rejected} rejected, ${runs.failed} failed${run === null ? "" : `; the newest ${shortId(run.id)}, macro F1 ${metric(run.metrics, "macroF1")}`}`,
    `releases   ${count(figures.releases)}`,
    ...figures.offered.map(
      ({ channel, version, id, expires_at }) =>
        `offered    ${channel} version ${version} (${shortId(id)}), until ${localTime(expires_at)}`,
    ),
    `alerts     ${alerts.open} open of ${alerts.all}`,
  ].join("\n");
}

/**
 * `tideline status`: asks the process that owns a folder while it lives, and reads the catalog otherwise.
 *
 * @throws `FOLDER_INVALID`, `UNAVAILABLE`
 */
export function statusCommand(named: string): Promise<CommandResult> {
  return withFolder(named, async (opened) => {
    const { folder, owner } = opened;
    const asked = owner !== null && owner.addresses.console !== null;
    const status = asked ? await askOwner(owner) : null;
    const figures = status === null ? await readFigures(opened) : null;
    return {
      value: { folder, live: owner !== null, owner: summariseOwner(owner), status, catalog: figures },
      text: `${liveLine(opened)}\n\n${status === null ? figuresText(figures!) : liveText(status)}`,
    };
  });
}

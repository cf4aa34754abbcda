import { join } from "node:path";
import {
  compact,
  offer,
  openCatalog,
  openKeys,
  openLoopContext,
  ownFolder,
  readLog,
  snapshotWindows,
  startIngest,
  trainRun,
  type Ingest,
  type Owner,
  type ReleaseRow,
  type RunRow,
  type Snapshot,
} from "@tideline/pipeline";
import { encodeBatch } from "@tideline/spec";
import { releasePorts } from "@tideline/pipeline";
import { app } from "./app.ts";
import { writeFixedKeys } from "./fixed-key.ts";
import { playPhone, type SmallPhone } from "./phone.ts";

/** The definition's module, for processes that load it themselves. */
export const SMALL_APP = join(import.meta.dirname, "app.ts");

/** One small turn of the loop: what it left beside the folder. */
export interface SmallLoop {
  readonly phones: readonly SmallPhone[];
  readonly snapshot: Snapshot;
  readonly run: RunRow;
  readonly release: ReleaseRow;
}

const WRITE_KEY = "wk_compat";

/** A batch of a client that is not ours: a tap of the older version, one of which nothing is known, a bad one. */
function foreignBatch(now: number): Uint8Array {
  const event = { version: 1, time: now, user: "person-0", consent: ["analytics", "improve"] };
  const header = {
    format: 1,
    sdk: "other/1.0",
    install: "other-install",
    epoch: 1,
    sent_at: now,
    events: [
      { seq: 1, name: "tap", ...event, properties: { button: "old" } },
      { seq: 2, name: "unheard_of", ...event, properties: {} },
      { seq: 3, name: "tap", ...event, version: 2, properties: { target: 5, screen: "home" } },
    ],
  };
  return encodeBatch(header, new Uint8Array(0), releasePorts.text);
}

/** Posts bytes as a batch. */
async function post(ingest: Ingest, body: Uint8Array): Promise<void> {
  const headers = { authorization: `Bearer ${WRITE_KEY}` };
  const response = await fetch(`${ingest.address}/v1/batch`, { method: "POST", headers, body: body.slice() });
  if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
}

/** Events of four phones over HTTP into the log; one batch comes twice. */
async function collect(owner: Owner, now: number): Promise<readonly SmallPhone[]> {
  const folder = owner.layout.root;
  const ingest = await startIngest({
    folder,
    epoch: owner.epoch,
    appModule: SMALL_APP,
    port: 0,
    writeKeys: [WRITE_KEY],
    pseudonymKey: new Uint8Array(32).fill(7),
    // A clock that stands still.
    clock: { origin: now, wallOrigin: 0, speed: 0 },
  });
  try {
    const { root } = await openKeys(join(folder, "keys"), { now });
    const place = { collect: ingest.address, writeKey: WRITE_KEY, root, now };
    const phones: SmallPhone[] = [];
    for (let person = 0; person < 4; person += 1) phones.push(await playPhone(person, place));
    await post(ingest, phones[0]!.batches[0]!);
    await post(ingest, foreignBatch(now));
    return phones;
  } finally {
    await ingest.close();
  }
}

/**
 * Runs the loop once, small and always alike, by the real parts: four phones, ingest, log, lake, training, release.
 * Keys, ids and clock are fixed, so that the same code leaves the same bytes. Leaves the folder without an owner.
 */
export async function runSmallLoop(folder: string, now: number): Promise<SmallLoop> {
  const owner = await ownFolder(folder, { command: "small loop", clock: () => now });
  const clock = (): number => now;
  try {
    await writeFixedKeys(join(folder, "keys"), now);
    const phones = await collect(owner, now);
    const catalog = await openCatalog(folder, { epoch: owner.epoch });
    const read = (from: Parameters<typeof readLog>[1]) => readLog(folder, from);
    const { snapshot } = await compact({ owner, catalog, app, clock, read });
    await catalog.close();
    const context = await openLoopContext(
      { folder, epoch: owner.epoch, appModule: SMALL_APP, seed: 7 },
      { clock },
    );
    try {
      const windows = await snapshotWindows(context, snapshot!);
      const request = {
        reason: "first",
        snapshot: snapshot!,
        windows,
        recentSince: null,
        champion: null,
      } as const;
      const trained = await trainRun(context, request, null);
      const release = await offer(context, trained, snapshot!);
      return { phones, snapshot: snapshot!, run: trained.run, release };
    } finally {
      await context.close();
    }
  } finally {
    owner.release();
  }
}

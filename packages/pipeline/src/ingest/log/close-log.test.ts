import { existsSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  commit,
  erasedHash,
  openCatalog,
  ownFolder,
  publishErased,
  recordErased,
} from "../../catalog/index.ts";
import { temporaryFolder } from "../../catalog/testing/temporary-folder.ts";
import { ownWriter } from "../own-writer.ts";
import { startIngest } from "../start-ingest.ts";
import { closeLogs, dropCheckpoint, type ClosedLog } from "./close-log.ts";
import { hashedScope } from "../../subject/scope.ts";
import { scrubSegment } from "../../subject/scrub-segment.ts";
import { scanFolder } from "../../subject/testing/scan-folder.ts";

/** A module without imports, as the app of these tests. */
const APP = `export const app = { name: "test", purposes: { p: "Count." }, views: [], models: [], events: { tap: {
  name: "tap", version: 1, purpose: "p", retain: "1d", previous: [], fields: { at: { kind: "string", maxLength: 99 } } } } };`;

/** A folder with an owner; writers are started and stopped. */
async function open() {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  onTestFinished(() => owner.release());
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  onTestFinished(() => catalog.close());
  await writeFile(join(folder, "app.mjs"), APP);
  const start = async (writer: string | null) => {
    const owned = writer === null ? null : await ownWriter(folder, writer, { command: "test" });
    const ingest = await startIngest({
      folder,
      writer,
      epoch: owned?.epoch ?? owner.epoch,
      appModule: join(folder, "app.mjs"),
      port: 0,
      writeKeys: ["key"],
      pseudonymKey: new Uint8Array(32),
      clock: null,
    });
    let isOpen = true;
    const stop = async (): Promise<void> => {
      if (!isOpen) return;
      isOpen = false;
      await ingest.close();
      owned?.release();
    };
    onTestFinished(stop);
    const send = async (install: string, seq: number, at: string): Promise<void> => {
      const event = { seq, name: "tap", version: 1, time: 1, user: null, consent: ["p"], properties: { at } };
      const answer = await fetch(`${ingest.address}/v1/batch`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify({ format: 1, sdk: "t", install, epoch: 1, sent_at: 1, events: [event] }),
      });
      expect(answer.status).toBe(200);
    };
    return { send, stop };
  };
  const leave = (install: string) =>
    commit(catalog, (writer) =>
      recordErased(writer, [{ kind: "install", hash: erasedHash("install", install), at: 1, request: "r" }]),
    );
  const close = (isServed: boolean, patience = 10_000) =>
    closeLogs({ folder, isServed, announce: () => publishErased(catalog, folder), patience });
  return { folder, start, leave, close };
}

/** Takes an install out of what is closed. */
async function scrub(closed: readonly ClosedLog[], install: string): Promise<number> {
  const scope = hashedScope([{ kind: "install", hash: erasedHash("install", install) }]);
  let events = 0;
  for (const log of closed) {
    for (const segment of log.segments) events += (await scrubSegment(segment, scope)).events;
    await dropCheckpoint(log);
    log.release();
  }
  return events;
}

test("living writers, the folder's own and further ones, let go of what they wrote, and lose nothing", async () => {
  const { folder, start, leave, close } = await open();
  const [first, second] = [await start(null), await start("b")];
  await Promise.all([first.send("gone", 1, "canary-first"), second.send("gone", 2, "canary-second")]);
  await Promise.all([first.send("stays", 1, "others-first"), second.send("stays", 2, "others-second")]);
  await leave("gone");
  const closed = await close(true);
  expect(closed.map(({ log, isLive }) => [log.writer, isLive])).toEqual([
    [null, true],
    ["b", true],
  ]);
  await second.send("stays", 3, "others-third");
  await second.send("gone", 3, "canary-third");
  await expect(scrub(closed, "gone")).resolves.toBe(2);
  const others = { a: "others-first", b: "others-second", c: "others-third" };
  expect(await scanFolder(folder, { canary: "canary-", install: '"gone"' })).toEqual([]);
  expect((await scanFolder(folder, others)).map((found) => found[0])).toEqual(["a", "b", "c"]);
  await Promise.all([first.stop(), second.stop()]);
  const again = await start("b");
  await again.send("gone", 2, "canary-late");
  expect(await scanFolder(folder, { canary: "canary-", install: '"gone"' })).toEqual([]);
});

test("after dead writers the torn tail is cut off, and none starts until it is over", async () => {
  const { folder, start, leave, close } = await open();
  const writer = await start("b");
  await writer.send("gone", 1, "canary-first");
  await writer.send("stays", 1, "others-first");
  await writer.stop();
  const segment = join(folder, "log-b", "00000001-00000001.log");
  await appendFile(segment, "canary-torn");
  await leave("gone");
  const closed = await close(false);
  expect(closed.map(({ log, isLive, segments }) => [log.writer, isLive, segments.length])).toEqual([
    [null, false, 0],
    ["b", false, 1],
  ]);
  await expect(ownWriter(folder, "b", { command: "test" })).rejects.toThrow("FOLDER_OWNED");
  await expect(scrub(closed, "gone")).resolves.toBe(1);
  expect(existsSync(join(folder, "log-b", "checkpoint.json"))).toBe(false);
  expect(await scanFolder(folder, { canary: "canary-" })).toEqual([]);
  const again = await start("b");
  await again.send("stays", 2, "others-second");
});

test("a living writer that does not follow holds the erasure up, and is named", async () => {
  const { folder, leave, close } = await open();
  const held = await ownWriter(folder, "stuck", { command: "test" });
  onTestFinished(() => held.release());
  await leave("gone");
  await expect(close(false, 150)).rejects.toThrow(/log-stuck.*UNAVAILABLE/);
});

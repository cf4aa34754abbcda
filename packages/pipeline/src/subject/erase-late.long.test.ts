import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { commit, findRequest, recordProofs, type SubjectRequestRow } from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import type { CrashPoint } from "../crash-point.ts";
import { cleanUpLater } from "../dataset/testing/open-pose-lake.ts";
import { annotate, BEGIN, subjectOf } from "../dataset/testing/pose-log.ts";
import {
  appendLater,
  CANARY,
  canaryRequest,
  fillCanaryFolder,
  NAMELESS,
  NEEDLES,
  reopenLoop,
  SHARED,
} from "./testing/canary-folder.ts";
import type { SampleRecord } from "../lake/testing/sample-log.ts";
import { scanFolder } from "./testing/scan-folder.ts";

const { onFinished, cleanUp } = cleanUpLater();
afterAll(cleanUp);

const HOUR = 3_600_000;
const PROOF = "c".repeat(64);

let filled: string;

beforeAll(async () => {
  filled = await fillCanaryFolder(onFinished);
});

/** A copy of the filled folder in which an erasure was asked for and was killed at a point. */
async function killedAt(point: CrashPoint, request: SubjectRequestRow): Promise<string> {
  const folder = temporaryFolder(onTestFinished);
  cpSync(filled, folder, { recursive: true });
  const loop = await reopenLoop(folder);
  await commit(loop.context.catalog, (writer) =>
    recordProofs(writer, [{ install: CANARY, proof: PROOF, at: BEGIN }]),
  );
  await loop.ask(request);
  await loop.close();
  const child = spawn(process.execPath, [join(import.meta.dirname, "testing/erase-process.ts"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TIDELINE_CRASH_AT: point },
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGKILL");
  return folder;
}

/** An event that came an hour after the erasure was entered, and says so. */
const later = (session: string, seq: number, subject: string, change: { readonly time?: number } = {}) => ({
  ...annotate(session, "UP"),
  time: BEGIN + 5 * HOUR,
  seq,
  subject,
  ...change,
});
const came = { received_at: BEGIN + 5 * HOUR, sent_at: BEGIN + 5 * HOUR };

const { pseudonym: _pseudonym, nameless: _nameless, name: _name, ...WHAT_WENT } = NEEDLES;

/** The first is where nobody knows of the erasure yet; the nightly script asks for one in the middle too. */
const POINTS: readonly CrashPoint[] =
  process.env["TIDELINE_KILLS"] === "all"
    ? ["subject.ledger.after_commit", "subject.lake.after_delete"]
    : ["subject.ledger.after_commit"];

test.each(POINTS)(
  "killed at %s, a late erasure of a user leaves what they did since they came back",
  async (point) => {
    const request = canaryRequest();
    const folder = await killedAt(point, request);
    const person = subjectOf(CANARY);
    // What a server still took that had not heard of the erasure: the ledger was entered and not yet published.
    const slipped: readonly SampleRecord[] = [
      { ...came, install: CANARY, epoch: 4, events: [later("old-phone-again", 1, person)] },
      {
        ...came,
        install: "new-phone",
        epoch: 0,
        events: [later("late-from-before", 2, person, { time: BEGIN + 3 * HOUR })],
      },
    ];
    await appendLater(folder, [
      ...(point === "subject.ledger.after_commit" ? slipped : []),
      { ...came, install: "new-phone", events: [later("back-again", 1, person)] },
      {
        ...came,
        install: SHARED,
        epoch: 3,
        install_subject: NAMELESS,
        events: [later("nameless-again", 1, NAMELESS)],
      },
    ]);
    const loop = await reopenLoop(folder, () => BEGIN + 6 * HOUR);
    onTestFinished(loop.close);
    await loop.turn();
    await loop.turn();
    await expect(findRequest(loop.context.catalog, request.id)).resolves.toMatchObject({ state: "done" });
    const stays = { back: "back-again", nameless: "nameless-again" };
    expect(await scanFolder(folder, stays)).toEqual([
      expect.stringContaining("back in lake/annotation"),
      expect.stringContaining("back in log/"),
      expect.stringContaining("nameless in lake/annotation"),
      expect.stringContaining("nameless in log/"),
    ]);
    const went = { ...WHAT_WENT, session: `${CANARY}-`, late: "late-from-before", old: "old-phone-again" };
    expect(await scanFolder(folder, went)).toEqual([]);
  },
);

test("a late erasure of a phone leaves what its next install sends under the same user", async () => {
  const request = canaryRequest({ install: CANARY, subject: null, proof: PROOF });
  const folder = await killedAt("subject.ledger.after_commit", request);
  await appendLater(folder, [
    { ...came, install: "next-install", events: [later("said-by-the-next", 1, subjectOf(CANARY))] },
  ]);
  const loop = await reopenLoop(folder, () => BEGIN + 6 * HOUR);
  onTestFinished(loop.close);
  await loop.turn();
  await loop.turn();
  await expect(findRequest(loop.context.catalog, request.id)).resolves.toMatchObject({ state: "done" });
  const { former, formerName, refused, samples } = NEEDLES;
  expect(await scanFolder(folder, { former: former!, formerName: formerName!, refused: refused! })).toEqual(
    [],
  );
  expect(await scanFolder(folder, { samples: samples!, session: `${CANARY}-UP` })).toEqual([]);
  const found = await scanFolder(folder, { next: "said-by-the-next", shared: `${CANARY}-on-shared` });
  for (const what of ["next", "shared"])
    for (const place of ["log/", "lake/annotation"])
      expect(found).toContainEqual(expect.stringContaining(`${what} in ${place}`));
});

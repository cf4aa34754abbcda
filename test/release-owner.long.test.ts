import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  commit,
  listReleases,
  manifestOf,
  openCatalog,
  openKeys,
  ownFolder,
  readOwner,
  recordRelease,
  type OwnerFile,
} from "@tideline/pipeline";
import type { Envelope } from "@tideline/spec";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sampleReleaseRow } from "../packages/pipeline/src/flow/testing/sample-release-row.ts";
import { folderSecrets } from "../packages/cli/src/server/secret.ts";
import { runSmallLoop, SMALL_APP, type SmallLoop } from "../scripts/compat/small-loop.ts";
import { expectError, lastJson, runCli } from "./cli/run-cli.ts";

const MAIN = join(import.meta.dirname, "../packages/cli/src/main.ts");
const work = mkdtempSync(join(tmpdir(), "tideline-release-owner-"));
const folder = join(work, "folder");
let loop: SmallLoop;
let child: ChildProcess;
let owner: OwnerFile;
let channel: string;

/** A model of the folder that the process which is started does not keep. */
const OTHER = "sample/stable";

/** Records what another loop left in the folder: a release of its own model. */
async function recordOther(): Promise<void> {
  const other = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: other.epoch });
  const keys = await openKeys(join(folder, "keys"), { now: Date.now() });
  const row = sampleReleaseRow(keys, { version: 1, model: "a", kill: true, status: "offered" });
  await commit(catalog, (writer) => recordRelease(writer, row));
  await catalog.close();
  other.release();
}

beforeAll(async () => {
  loop = await runSmallLoop(folder, Date.now());
  channel = loop.release.channel;
  await recordOther();
  const args = [MAIN, "serve", "--folder", folder, "--app", SMALL_APP, "--port", "0"];
  child = spawn(process.execPath, args, { cwd: work, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  for await (const piece of child.stderr!) {
    said += String(piece);
    if (/console http:\S+/.test(said)) break;
  }
  const living = await readOwner(folder);
  if (living === null) throw new Error(`serve ended: ${said}`);
  owner = living;
}, 60_000);

afterAll(async () => {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
  rmSync(work, { recursive: true, force: true });
});

/** What the catalog holds of the channels, newest last. */
async function read(of = channel): Promise<readonly string[]> {
  const catalog = await openCatalog(folder);
  const rows = await listReleases(catalog, of);
  await catalog.close();
  return rows.map((row) => {
    const { kill, rollout } = manifestOf(row);
    return `${row.version} ${row.status} ${kill ? "kill" : (rollout?.share ?? 1)}`;
  });
}

async function post(action: unknown, token: string | null = owner.token) {
  const answer = await fetch(`${owner.addresses.console}/v1/rollout`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: typeof action === "string" ? action : JSON.stringify(action),
  });
  const { code = null, version = null } = (await answer.json()) as { code?: string; version?: number };
  return { status: answer.status, code, version };
}

/** The version of the manifest that phones are given. */
async function offered(): Promise<number> {
  const response = await fetch(`${owner.addresses.console}/v1/releases/${channel}`);
  return manifestOf({ envelope: (await response.json()) as Envelope }).version;
}

let before: readonly string[];
let others: readonly string[];
beforeEach(async () => {
  [before, others] = [await read(), await read(OTHER)];
});

/** Nothing was recorded since the test began. */
async function nothingChanged(): Promise<void> {
  expect([await read(), await read(OTHER)]).toEqual([before, others]);
}

test("without the owner's token nobody changes a roll-out", async () => {
  const action = { channel, kind: "kill" };
  const { writeKey } = await folderSecrets(folder);
  for (const token of [null, "", "wrong", writeKey, `${owner.token}x`, owner.token!.slice(1)]) {
    expect(await post(action, token)).toMatchObject({ status: 401, code: "UNAUTHORISED" });
  }
  // Nothing of an action is looked at before: whoever has no token learns nothing.
  expect(await post({ channel: OTHER, kind: "halt", version: 99 }, "wrong")).toMatchObject({ status: 401 });
  await nothingChanged();
});

test("what is no action, too long or of another channel changes nothing", async () => {
  for (const action of [null, [], "{", { kind: "kill" }, { channel, kind: "halt" }, { channel, kind: "x" }]) {
    expect(await post(action)).toMatchObject({ status: 400, code: "ARGUMENT_INVALID" });
  }
  expect(await post({ channel, kind: "kill", more: "x".repeat(5000) })).toMatchObject({ status: 413 });
  for (const of of [OTHER, "pose", `${channel}/`, channel.toUpperCase()]) {
    expect(await post({ channel: of, kind: "kill" })).toMatchObject({ status: 404, code: "NOT_FOUND" });
  }
  await nothingChanged();
});

test("the owner widens, and phones are given the new version; a stale version changes nothing", async () => {
  const share = { channel, kind: "share", share: 0.25 };
  expect(await post({ ...share, version: 1 })).toEqual({ status: 200, code: null, version: 2 });
  expect(await read()).toEqual(["1 replaced 1", "2 offered 0.25"]);
  await expect.poll(offered).toBe(2);
  expect(await post({ ...share, version: 1 })).toMatchObject({ status: 404, code: "NOT_FOUND" });
  expect(await post({ channel, kind: "halt", version: 7 })).toMatchObject({ status: 404 });
  expect(await read()).toHaveLength(2);
});

test("the command asks the process that lives, for the model that was named", async () => {
  const run = (...args: string[]) => runCli(["release", ...args, "--folder", folder, "--json"], work);
  // Two models stand in the folder: which one is said, never guessed.
  expectError(await run("halt"), "ARGUMENT_INVALID", /several/);
  expectError(await run("kill", "--model", "sample"), "NOT_FOUND", /sample\/stable/);
  await nothingChanged();
  const model = channel.slice(0, channel.indexOf("/"));
  expect(lastJson(await run("share", "0.5", "--model", model))).toMatchObject({ version: 3, share: 0.5 });
  // The process recorded its definition: by its plan, which is none, every phone comes next.
  expect(lastJson(await run("--model", model))).toMatchObject({
    share: 0.5,
    next: { share: 1, well: 0, minPhones: 5 },
  });
  // No release to go back to: the model is switched off. Asked again, nothing is on offer.
  expect(lastJson(await run("halt", "--model", model))).toMatchObject({ version: 4, killed: true });
  expectError(await run("halt", "--model", model), "NOT_FOUND", /nothing on offer/);
  expect(await read()).toEqual(["1 withdrawn 1", "2 withdrawn 0.25", "3 withdrawn 0.5", "4 offered kill"]);
  await expect.poll(offered).toBe(4);
  expect(await read(OTHER)).toEqual(others);
}, 60_000);

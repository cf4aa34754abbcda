import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  commit,
  folderLayout,
  listReleases,
  openCatalog,
  openKeys,
  ownFolder,
  recordRelease,
  renewRelease,
  supersessionPath,
  type ReleaseRow,
} from "@tideline/pipeline";
import { fromBase64, toBase64, type ReleaseMetadata } from "@tideline/spec";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { runSmallLoop, SMALL_APP, type SmallLoop } from "../scripts/compat/small-loop.ts";
import { listCommand } from "../packages/cli/src/command/list.ts";
import { rerunCommand } from "../packages/cli/src/command/rerun.ts";
import { statusCommand } from "../packages/cli/src/command/status.ts";
import { verifyCommand } from "../packages/cli/src/command/verify.ts";
import { expectError, lastJson, runCli } from "./cli/run-cli.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-cli-"));
const base = join(work, "base");
const DAY = 86_400_000;
let loop: SmallLoop;
let copies = 0;

beforeAll(async () => {
  loop = await runSmallLoop(base, Date.now());
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, work);

/** A new path in the folder of this test file. */
const fresh = (): string => join(work, `fresh-${(copies += 1)}`);

/** A copy of the small loop's folder, to be spoilt. */
function copyLoop(): string {
  const folder = fresh();
  cpSync(base, folder, { recursive: true });
  return folder;
}

/** A file with a text, in a folder of its own. */
function fileWith(name: string, text: string): string {
  const folder = fresh();
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Changes a byte in the middle of a file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  const middle = bytes.length >> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  writeFileSync(path, bytes);
}

/** Changes a folder's catalog as no Tideline would. */
function spoilCatalog(folder: string, sql: string, ...values: string[]): void {
  const database = new DatabaseSync(folderLayout(folder).catalog);
  if (values.length === 0) database.exec(sql);
  else database.prepare(sql).run(...values);
  database.close();
}

/** Adds a release with the next version, signed at a time with the folder's own key. */
async function renew(folder: string, now: number, validFor: number): Promise<ReleaseRow> {
  const owner = await ownFolder(folder, { command: "test" });
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  try {
    const last = (await listReleases(catalog)).at(-1)!;
    const manifest = JSON.parse(Buffer.from(fromBase64(last.envelope.payload)).toString()) as ReleaseMetadata;
    const keys = await openKeys(join(folder, "keys"), { now });
    const { release, envelope } = renewRelease(manifest, {
      previousVersion: last.version,
      now,
      validFor,
      keys,
    });
    const { version, issued, expires } = release;
    const row: ReleaseRow = {
      ...last,
      version,
      envelope,
      issued_at: issued,
      expires_at: expires,
      status: "offered",
    };
    await commit(catalog, (writer) => recordRelease(writer, row));
    return row;
  } finally {
    await catalog.close();
    owner.release();
  }
}

describe("the command line", () => {
  test("help and version are no errors; no command is", async () => {
    expect(await run("--version")).toMatchObject({ status: 0, stdout: "0.1.0\n", stderr: "" });
    const help = await run("start", "--help");
    expect(help.status).toBe(0);
    expect(help.stdout).toContain("--no-drift");
    const none = await run();
    expect(none.status).toBe(64);
    expect(none.stderr).toContain("Usage: tideline");
  });

  test.each([
    [["strat"], "ARGUMENT_INVALID", /unknown command 'strat'\. Is start meant\? See tideline --help/],
    [["start", "--colour"], "ARGUMENT_INVALID", /unknown option '--colour'.* See tideline start --help/],
    [["start", "--port", "65536"], "ARGUMENT_INVALID", /--port: expected an integer from 0 to 65535/],
    [["start", "--data", "nowhere"], "DATA_NOT_FOUND", /--data .*nowhere: .* received no such folder/],
  ] as const)("%j is a wrong usage", async (args, code, sentence) => {
    expectError(await run(...args), code, sentence);
  });

  test("with --json an error is the last line of standard output too", async () => {
    const ended = await run("runs", "--json", "--folder", fresh());
    expectError(ended, "FOLDER_INVALID", /no such folder/);
    expect(lastJson(ended)).toEqual({
      error: { code: "FOLDER_INVALID", message: ended.stderr.trimEnd() },
    });
  });

  test("an error that nobody foresaw shows its stack only with --verbose", async () => {
    const folder = copyLoop();
    spoilCatalog(folder, "drop table alert");
    expectError(await run("alerts", "--folder", folder), "INTERNAL", /no such table: alert.*--verbose/);
    const verbose = await run("alerts", "--folder", folder, "--verbose");
    expect(verbose.stderr).toMatch(/^ {4}at /m);
    expect(verbose.status).toBe(70);
  });
});

test("a malformed configuration; flags win over a good one in the working directory", async () => {
  const path = fileWith("tideline.json", '{ "port": 4600,\n  "host" }');
  const ended = await run("runs", "--config", path);
  expectError(ended, "CONFIG_MALFORMED", /line 2, column 10: expected JSON, received "}"/);
  const good = join(fileWith("tideline.json", JSON.stringify({ folder: base })), "..");
  expect(lastJson(await runCli(["runs", "--json"], good))).toMatchObject({ folder: base });
  expectError(await runCli(["runs", "--folder", "elsewhere"], good), "FOLDER_INVALID", /elsewhere/);
});

test("check says what the example declares, and what a definition is refused for", async () => {
  const ended = await run("check");
  expect(ended.status).toBe(0);
  expect(ended.stdout).toMatch(/^model +activity: 6 labels, windows of 128 samples of motion at 50 Hz/m);
  expect(ended.stdout).toMatch(/^tap +2 +analytics +90d +target, screen$/m);
  const spec = join(import.meta.dirname, "..", "packages", "spec", "src", "index.ts");
  const refused = fileWith(
    "app.mjs",
    `import { defineApp, event, t } from ${JSON.stringify(spec)};
     const tap = event("tap", { target: t.string() }, { purpose: "unheard", retain: "90d" });
     export const app = defineApp({ name: "gym", purposes: {}, events: [tap], views: [], models: [] });`,
  );
  expectError(await run("check", refused), "DEFINITION_ILLEGAL", /app "gym": event "tap"\.purpose/);
});

describe("a folder", () => {
  test("that is not Tideline's is refused by every command that needs one", async () => {
    const path = fileWith("diary.txt", "mine");
    const folder = join(path, "..");
    expectError(await run("status", "--folder", folder), "FOLDER_INVALID", /a folder that holds diary\.txt/);
    expectError(await run("start", "--exit", "--folder", folder), "FOLDER_INVALID", /folder/);
    expect(readFileSync(path, "utf8")).toBe("mine");
  });

  test("lists what it holds, for people and for scripts", async () => {
    const { stdout } = await run("runs", "--folder", base);
    expect(stdout).toMatch(/^1 run in .*, not running$/m);
    const [heading, row] = stdout.trimEnd().split("\n").slice(-2);
    expect(row!.indexOf(loop.snapshot.id.slice(0, 12))).toBe(heading!.indexOf("snapshot"));
    const value = lastJson(await run("snapshots", "--folder", base, "--json"));
    const snapshots = [{ id: loop.snapshot.id, parent: null, files: 19 }];
    expect(value).toMatchObject({ folder: base, live: false, owner: null, snapshots });
    for (const name of ["releases", "alerts", "evaluations"] as const) {
      expect((await listCommand(name, base)).value).toMatchObject({ [name]: expect.any(Array) });
    }
    expect((await listCommand("evaluations", base)).text).toContain("choose the candidate");
  });

  test("that `start` made is found below the named one", async () => {
    const folder = fresh();
    cpSync(base, join(folder, "server"), { recursive: true });
    const { value } = await statusCommand(folder);
    expect(value).toMatchObject({ folder: join(folder, "server"), live: false, catalog: { releases: 1 } });
  });

  test("that lives is asked over HTTP, and may be owned once only", async () => {
    const folder = join(copyLoop(), "server");
    cpSync(base, folder, { recursive: true });
    const owner = await ownFolder(folder, { command: "tideline start" });
    onTestFinished(() => owner.release());
    let answer: object | null = { ...EMPTY_STATUS, phase: "live" };
    const server = createServer((request, response) => {
      const known = request.url === "/v1/status" && request.headers.authorization === "Bearer secret-token";
      response.writeHead(known && answer !== null ? 200 : 500).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const console = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await owner.announce({ console, collect: null, token: "secret-token" });

    const status = await run("status", "--folder", folder, "--json");
    expect(lastJson(status)).toMatchObject({
      live: true,
      owner: { pid: process.pid, console },
      status: answer,
    });
    expect(status.stdout).not.toContain("secret-token");
    expect((await run("runs", "--folder", folder)).stdout).toMatch(
      /^1 run in .*, live: process \d+ .* at http/,
    );
    answer = null;
    expectError(
      await run("status", "--folder", folder),
      "UNAVAILABLE",
      /expected its status, received HTTP status 500/,
    );

    const owned = /expected a folder that no other process owns, received process \d+ \(tideline start\)/;
    expectError(await run("rerun", loop.run.id, "--folder", folder), "FOLDER_OWNED", owned);
    expectError(await run("start", "--exit", "--folder", join(folder, "..")), "FOLDER_OWNED", owned);
  });

  test("is not started on a port in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const ended = await run("start", "--exit", "--folder", fresh(), "--port", String(port));
    expectError(ended, "PORT_IN_USE", new RegExp(`expected a free port, received ${port}`));
  });
});

const EMPTY_STATUS = {
  format: 1,
  app: "small",
  now: 0,
  speed: 1,
  phase: "start",
  stages: [{ name: "collect", state: "running", detail: "4 phones", seconds: 1 }],
  ingest: { accepted: 1, quarantined: 0, duplicates: 0, samples: 0, rate: [] },
  snapshots: [],
  runs: [],
  releases: [],
  accuracy: [],
  drift: { injectedAt: null, detectedAt: null, points: [] },
  labels: { coverage: 0, medianDelay: 0 },
  report: null,
};

describe("verify", () => {
  test("finds nothing wrong with a good folder", async () => {
    const ended = await run("verify", "--folder", base);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(ended.stdout).toMatch(/^ok +files of snapshot .*: 19 files/m);
    expect(ended.stdout).toMatch(/^ok +artifacts of release activity\/stable version 1: 4 files/m);
    expect(ended.stdout).toContain("5 checks, nothing wrong");
  });

  test("a tampered manifest", async () => {
    const folder = copyLoop();
    const { payload, ...rest } = loop.release.envelope;
    const manifest = JSON.parse(Buffer.from(fromBase64(payload)).toString()) as ReleaseMetadata;
    const forged = toBase64(new TextEncoder().encode(JSON.stringify({ ...manifest, expires: 9e15 })));
    spoilCatalog(folder, "update release set envelope = ?", JSON.stringify({ ...rest, payload: forged }));
    const ended = await run("verify", "--folder", folder, "--json");
    expectError(
      ended,
      "RELEASE_SIGNATURE_INVALID",
      /expected 1 valid signature\(s\) of the role, received 0/,
    );
    const [checked, error] = ended.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(checked).toMatchObject({ ok: false });
    expect(error).toMatchObject({ error: { code: "RELEASE_SIGNATURE_INVALID" } });
  });

  test("an expired manifest; one that was replaced may have expired", async () => {
    const folder = copyLoop();
    await renew(folder, Date.now() - 2 * DAY, DAY);
    const ended = await run("verify", "--folder", folder);
    expectError(
      ended,
      "RELEASE_EXPIRED",
      /expected a manifest that is still valid, received one that expired/,
    );
    await renew(folder, Date.now(), DAY);
    const good = await verifyCommand(folder);
    expect(good.text).toMatch(/^ok +release activity\/stable version 2: signed, replaced/m);
    expect(good.fault).toBeUndefined();
  });

  test("an older manifest in place of the newest", async () => {
    const folder = copyLoop();
    await renew(folder, Date.now(), DAY);
    const older = JSON.stringify(loop.release.envelope);
    spoilCatalog(folder, "update release set envelope = ? where version = 2", older);
    expectError(
      await run("verify", "--folder", folder),
      "RELEASE_ROLLBACK",
      /expected version 2 or higher, received 1/,
    );
  });

  test("a changed Parquet file, a changed manifest of the lake, a changed model: all are told", async () => {
    const folder = copyLoop();
    damage(join(folder, loop.snapshot.manifest.tables["motion"]!.files[0]!.path));
    damage(join(folder, "artifact", loop.release.id));
    const ended = await run("verify", "--folder", folder);
    expectError(ended, "DATA_MALFORMED", /lake\/motion\/bucket=\d+\/\w+\.parquet: expected \w+, received/);
    expect(ended.stdout).toMatch(/^FAILED +artifacts of release .*\[ARTIFACT_CORRUPT\]$/m);
    expect(ended.stdout).toContain("2 of 5 checks failed");
    appendFileSync(join(folderLayout(folder).snapshots, `${loop.snapshot.id}.json`), " ");
    expect((await verifyCommand(folder)).fault?.message).toMatch(/sha256: expected/);
  });
});

describe("rerun", () => {
  test("makes the same bytes, with and without the cache", async () => {
    const folder = copyLoop();
    const short = loop.run.id.slice(0, 12);
    const cached = await run("rerun", short, "--folder", folder, "--app", SMALL_APP);
    expect(cached.stdout).toContain("byte for byte the same model");
    expect(cached.stderr).toMatch(/^fit: 30 rows in, 30 out, from the cache$/m);
    expect(cached.status).toBe(0);
    const again = await run("rerun", short, "--folder", folder, "--app", SMALL_APP, "--fresh", "--json");
    expect(again.stderr).toMatch(/^fit: 30 rows in, 30 out$/m);
    const artifact = loop.run.artifact;
    expect(lastJson(again)).toMatchObject({ recorded: artifact, recomputed: artifact, equal: true });
  });

  test("tells a run that does not exist, another model, another definition and an erased snapshot", async () => {
    const folder = copyLoop();
    const unknown = await run("rerun", "0".repeat(64), "--folder", folder, "--app", SMALL_APP);
    expectError(unknown, "NOT_FOUND", /run-id: expected a run of the folder/);
    const rerun = (app = SMALL_APP) =>
      rerunCommand({ run: loop.run.id, folder, app, fresh: false, onStep: () => undefined });
    const example = join(import.meta.dirname, "..", "examples", "activity", "app.ts");
    await expect(rerun(example)).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
    spoilCatalog(folder, "update run set artifact = ?", "f".repeat(64));
    expect((await rerun()).fault?.message).toMatch(/expected artifact f{64}, received \w+.*\[CHECK_FAILED\]/);
    const mark = { format: 1, kind: "supersession", snapshot: loop.snapshot.id, by: null, reason: "erasure" };
    writeFileSync(supersessionPath(folder, loop.snapshot.id), JSON.stringify(mark));
    await expect(rerun()).rejects.toMatchObject({ code: "SNAPSHOT_ERASED" });
  });
});

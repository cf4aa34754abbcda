import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CRASH_POINTS, type CrashPoint } from "../packages/pipeline/src/crash-point.ts";
import { auditLog } from "./ingest/audit-log.ts";
import { EVENTS_PER_BATCH, startLoad, type Load } from "./ingest/load.ts";
import { runServer, type RunningServer, type RunServerOptions, type ServerEnd } from "./ingest/run-server.ts";

const PHONES = 4;

let folder: string;
let server: RunningServer | undefined;
let address: string | undefined;
let load: Load | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-crash-"));
});

afterEach(async () => {
  load?.stop();
  server?.kill();
  await server?.ended;
  [server, address, load] = [undefined, undefined, undefined];
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<RunServerOptions> & { epoch: number }): Promise<RunningServer> {
  server = await runServer({ folder, ...options });
  address = server.address;
  return server;
}

/** Waits for the end of a server that dies under load. */
async function death(running: RunningServer): Promise<ServerEnd> {
  const end = await running.ended;
  address = undefined;
  return end;
}

function beginLoad(batches: number, samples: number): Load {
  load = startLoad({ phones: PHONES, batches, samples, address: () => address });
  return load;
}

/** Everything that has been acknowledged is in the log, as it was sent, and nothing is there twice. */
async function expectNothingLost(sent: Load): Promise<void> {
  const acknowledged = [...sent.acknowledged];
  const { copies, faults } = await auditLog(folder);
  expect(faults).toEqual([]);
  expect(acknowledged.filter((identity) => !copies.has(identity))).toEqual([]);
  expect([...copies].filter(([, count]) => count !== 1)).toEqual([]);
}

/** After a restart the phones finish: everything is in the log exactly once. */
async function expectRecovery(
  sent: Load,
  batches: number,
  options: Partial<RunServerOptions> = {},
): Promise<void> {
  const before = sent.acknowledged.size;
  expect(before).toBeLessThan(PHONES * batches * EVENTS_PER_BATCH);
  await expectNothingLost(sent);
  const next = await start({ epoch: 2, ...options });
  await sent.done;
  expect((await next.stop()).status).toBe(0);
  expect(sent.acknowledged.size).toBe(PHONES * batches * EVENTS_PER_BATCH);
  await expectNothingLost(sent);
  const audit = await auditLog(folder);
  expect(audit.copies.size).toBe(sent.acknowledged.size);
  expect(audit.duplicates).toBeGreaterThan(0);
}

describe("killed at a named point under load", () => {
  /**
   * The hit at which to die: late enough that phones are at work, early enough to come however many batches share
   * a commit (12 commits at least). A segment's first hit is at the server's start.
   */
  const HITS: Partial<Record<CrashPoint, number>> = {
    "ingest.log.before_segment": 3,
    "ingest.log.after_segment": 3,
    "ingest.checkpoint.before_write": 1,
    "ingest.checkpoint.after_write": 1,
    "ingest.before_respond": 25,
  };
  const points = CRASH_POINTS.filter((point) => point.startsWith("ingest."));

  test.each(points)("%s", async (point) => {
    const batches = 12;
    // Small segments, so that the load rotates them and checkpoints are written.
    const limits = { segmentBytes: 20_000 };
    const running = await start({
      epoch: 1,
      limits,
      env: { TIDELINE_CRASH_AT: `${point}:${HITS[point] ?? 6}` },
    });
    const sent = beginLoad(batches, 32);
    expect(await death(running)).toMatchObject({ status: null, signal: "SIGKILL" });
    await expectRecovery(sent, batches, { limits });
  });
});

test("stopped by SIGTERM under load, it answers what it has and loses nothing", async () => {
  const batches = 12;
  const running = await start({ epoch: 1 });
  const sent = beginLoad(batches, 32);
  await expect.poll(() => sent.acknowledged.size).toBeGreaterThan(EVENTS_PER_BATCH * 8);
  expect(await running.stop()).toMatchObject({ status: 0, errors: "" });
  address = undefined;
  await expectRecovery(sent, batches);
});

/** 12 kB a batch: 100 of them fill a megabyte. */
const LARGE = { batches: 40, samples: 500 };

async function expectDiskFull(running: RunningServer, sent: Load): Promise<void> {
  const end = await death(running);
  expect(end).toMatchObject({ status: 74, signal: null });
  expect(end.errors).toContain("expected room for the log");
  expect(end.errors).toContain("[DISK_FULL]");
  expect([...sent.refusals]).toContain("503 DISK_FULL");
}

test("a file that may not grow stops the server with a clear message", async () => {
  // ulimit counts blocks of 512 bytes: half a megabyte for a file.
  const running = await start({ epoch: 1, before: "ulimit -f 1024" });
  const sent = beginLoad(LARGE.batches, LARGE.samples);
  await expectDiskFull(running, sent);
  await expectRecovery(sent, LARGE.batches);
});

/** Runs a command; whether it succeeded. */
function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Whether this process may mount a small file system. */
async function mayMount(): Promise<boolean> {
  const point = await mkdtemp(join(tmpdir(), "tideline-mount-"));
  try {
    return (
      succeeds("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", point]) && succeeds("umount", [point])
    );
  } finally {
    await rm(point, { recursive: true });
  }
}

test.skipIf(!(await mayMount()))("a full disk stops the server with a clear message", async () => {
  expect(succeeds("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder])).toBe(true);
  try {
    const running = await start({ epoch: 1 });
    const sent = beginLoad(LARGE.batches, LARGE.samples);
    await expectDiskFull(running, sent);
    // Not a byte is left: the next owner cannot even begin, and says so.
    succeeds("dd", ["if=/dev/zero", `of=${join(folder, "filler")}`, "bs=512"]);
    await expect(start({ epoch: 2 })).rejects.toThrow(/ended with 74: .*\[DISK_FULL\]/);
    expect(succeeds("mount", ["-o", "remount,size=16m", folder])).toBe(true);
    await expectRecovery(sent, LARGE.batches, { epoch: 3 });
  } finally {
    load?.stop();
    server?.kill();
    await server?.ended;
    succeeds("umount", [folder]);
  }
});

const hasCompiler = succeeds("gcc", ["--version"]);
const isRequired = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("gcc");

test.skipIf(!hasCompiler && !isRequired)(
  "a failed fsync stops the server and is never tried again",
  async () => {
    const shim = join(folder, "failing-fsync.so");
    const source = new URL("./ingest/failing-fsync.c", import.meta.url).pathname;
    expect(succeeds("gcc", ["-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"])).toBe(true);
    const batches = 12;
    const running = await start({ epoch: 1, env: { LD_PRELOAD: shim, FSYNC_FAILS_AFTER: "6" } });
    const sent = beginLoad(batches, 32);
    const end = await death(running);
    expect(end).toMatchObject({ status: 74, signal: null });
    expect(end.errors).toContain("[FSYNC_FAILED]");
    expect(end.errors.match(/fsync refused/g)).toHaveLength(1);
    expect([...sent.refusals]).toContain("503 FSYNC_FAILED");
    await expectRecovery(sent, batches);
  },
);

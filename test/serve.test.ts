import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Envelope, LoopStatus, ReleaseMetadata } from "@tideline/spec";
import { runSmallLoop, SMALL_APP, type SmallLoop } from "../scripts/compat/small-loop.ts";

const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "tideline-serve-"));
const folder = join(work, "folder");
let loop: SmallLoop;
const started: ChildProcess[] = [];

beforeAll(async () => {
  loop = await runSmallLoop(folder, Date.now());
});
afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(work, { recursive: true, force: true });
});

/** Starts `tideline serve` on the folder and waits for its address. */
async function serve(): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const main = join(root, "packages/cli/src/main.ts");
  const child = spawn(
    process.execPath,
    [main, "serve", "--folder", folder, "--app", SMALL_APP, "--port", "0"],
    {
      cwd: work,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  started.push(child);
  let said = "";
  for await (const piece of child.stderr!) {
    said += String(piece);
    const address = /console (http:\S+)/.exec(said)?.[1];
    if (address !== undefined) return { child, address };
  }
  throw new Error(`serve ended: ${said}`);
}

/** The release on offer, by its manifest. */
async function offered(address: string): Promise<ReleaseMetadata> {
  const response = await fetch(`${address}/v1/releases/${loop.run.model}/stable`);
  const envelope = (await response.json()) as Envelope;
  return JSON.parse(Buffer.from(envelope.payload, "base64").toString("utf8")) as ReleaseMetadata;
}

/** Status of a request that names another host, as a page would whose name was pointed at this machine. */
async function statusAs(address: string, path: string): Promise<number | undefined> {
  const asked = request(`${address}${path}`, { headers: { host: "evil.example" } }).end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

test("a killed server goes on where it was, and a stopped one ends well", { timeout: 90_000 }, async () => {
  const first = await serve();
  expect((await offered(first.address)).id).toBe(loop.release.id);
  const killed = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await killed;

  const second = await serve();
  expect((await offered(second.address)).id).toBe(loop.release.id);
  const snapshots = async (): Promise<readonly string[]> => {
    const status = (await (await fetch(`${second.address}/v1/status`)).json()) as LoopStatus;
    return status.snapshots.map(({ id }) => id);
  };
  await expect.poll(snapshots, { timeout: 30_000 }).toContain(loop.snapshot.id);
  for (const path of ["/v1/status", "/v1/root", "/"]) expect(await statusAs(second.address, path)).toBe(403);
  const ended = once(second.child, "exit");
  second.child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

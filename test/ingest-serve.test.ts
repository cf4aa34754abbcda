import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoopStatus } from "@tideline/spec";
import { afterAll, expect, test } from "vitest";
import { statusCommand } from "../packages/cli/src/command/status.ts";
import { expectError, runCli } from "./cli/run-cli.ts";
import { batchOf, bytesOf, motionOf, post, samplesFrom, tapOf } from "./ingest/client.ts";
import { runWriter } from "./ingest/run-writer.ts";

/** An owner with an ingest of its own and a further process beside it, on one folder, by the real command line. */
const work = mkdtempSync(join(tmpdir(), "tideline-beside-"));
const folder = join(work, "folder");
const main = join(import.meta.dirname, "..", "packages", "cli", "src", "main.ts");
const started: { kill(): void }[] = [];

afterAll(() => {
  for (const one of started) one.kill();
  rmSync(work, { recursive: true, force: true });
});

/** Starts `tideline serve` and waits for the addresses of its console and its ingest. */
async function serve(): Promise<{
  readonly child: ChildProcess;
  readonly console: string;
  readonly ingest: string;
}> {
  const args = [main, "serve", "--folder", folder, "--port", "0"];
  const child = spawn(process.execPath, args, { cwd: work, stdio: ["ignore", "ignore", "pipe"] });
  started.push({ kill: () => void child.kill("SIGKILL") });
  let said = "";
  for await (const piece of child.stderr!) {
    said += String(piece);
    const found = /console (http:\S+) {2}ingest (http:\S+)/.exec(said);
    if (found !== null) return { child, console: found[1]!, ingest: found[2]! };
  }
  throw new Error(`serve ended: ${said}`);
}

test("the owner takes what came to a further process into its lake, and its status tells missing samples", async () => {
  // First the further process: it makes the folder and its keys.
  const writer = await runWriter(folder, "b");
  started.push(writer);
  expectError(
    await runCli(["ingest", "--folder", folder, "--writer", "b", "--port", "0"], work),
    "FOLDER_OWNED",
    /--writer b/,
  );
  const { writeKey: key } = JSON.parse(readFileSync(join(folder, "keys", "secret.json"), "utf8")) as {
    writeKey: string;
  };
  const owner = await serve();
  const both = bytesOf(batchOf("phone", [tapOf(1), tapOf(2)]));
  expect((await post(writer.address, both, { key })).status).toBe(200);
  expect((await post(owner.ingest, both, { key })).status).toBe(200);

  // Two seconds at 50 Hz in which the sensor gave nothing.
  const motion = motionOf(3, 0, 4);
  const samples = { offset: 0, samples: 4, rate: 49.2, gaps: [[2, 100]] as const };
  const gapped = { ...motion, properties: { ...motion.properties, samples } };
  const sent = await post(owner.ingest, bytesOf(batchOf("phone", [gapped]), samplesFrom(0, 4)), { key });
  expect(await sent.json()).toMatchObject({ acknowledged: [[3, 3]], quarantined: [] });

  const status = async (): Promise<LoopStatus> =>
    (await (await fetch(`${owner.console}/v1/status`)).json()) as LoopStatus;
  await expect.poll(async () => (await status()).ingest.missingSamples, { timeout: 10_000 }).toBe(100);
  // Three events and their receipts: of the two that came to both processes one copy is there.
  const rows = async (): Promise<number> => (await status()).snapshots.at(-1)?.rows ?? 0;
  await expect.poll(rows, { timeout: 20_000 }).toBe(3 + 3);
  expect((await statusCommand(folder)).text).toMatch(/samples +4 taken, 100 missing/);

  const ended = await writer.stop();
  expect(ended).toMatchObject({ status: 0, counts: { events: 2, duplicates: 0 } });
  owner.child.kill("SIGTERM");
  await expect.poll(() => owner.child.exitCode, { timeout: 10_000 }).toBe(0);
});

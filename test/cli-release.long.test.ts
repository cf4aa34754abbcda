import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runSmallLoop } from "../scripts/compat/small-loop.ts";
import { lastJson, runCli } from "./cli/run-cli.ts";

const work = mkdtempSync(join(tmpdir(), "tideline-cli-release-"));
const base = join(work, "base");
beforeAll(async () => {
  await runSmallLoop(base, Date.now());
}, 60_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

test("a release is offered to a share, to all, withdrawn, and offered again, each as the next version", async () => {
  const folder = join(work, "copy");
  cpSync(base, folder, { recursive: true });
  const release = async (...args: string[]) =>
    lastJson(await runCli(["release", ...args, "--folder", folder, "--json"], work));
  const before = (await release()) as { version: number; share: number };
  expect(before).toMatchObject({ share: 1 });
  const { version } = before;
  expect(await release("share", "0.25")).toMatchObject({ version: version + 1, share: 0.25, killed: false });
  expect(await release()).toMatchObject({ version: version + 1, share: 0.25, health: null });
  expect(await release("halt")).toMatchObject({ version: version + 2 });
  expect(await release("offer", `${version}`, "--share", "0.5")).toMatchObject({
    version: version + 3,
    share: 0.5,
    killed: false,
  });
  expect(await release("kill")).toMatchObject({ version: version + 4, killed: true });
  for (const args of [["share", "2"], ["halt"]]) {
    const { status } = await runCli(["release", ...args, "--folder", folder], work);
    expect(status).not.toBe(0);
  }
}, 60_000);

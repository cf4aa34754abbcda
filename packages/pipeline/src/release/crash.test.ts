import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { verifyRoots } from "@tideline/spec";
import { expect, test } from "vitest";
import { CRASH_POINTS } from "../crash-point.ts";
import { openArtifacts } from "./artifact.ts";
import { openKeys } from "./key.ts";
import { releasePorts, sha256Hex } from "./release-port.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const base = temporaryFolder();
const script = fileURLToPath(new URL("testing/release-process.ts", import.meta.url));

/** Runs the process, to its end or to a crash point, and says how it ended. */
function runProcess(folder: string, action: string, crashAt = ""): string | number | null {
  const env = { ...process.env, TIDELINE_CRASH_AT: crashAt };
  const { signal, status } = spawnSync(process.execPath, [script, folder, action], { env });
  return signal ?? status;
}

const points = CRASH_POINTS.filter((point) => point.startsWith("release."));

test("there are points to crash at", () => expect(points).toHaveLength(4));

test.each(points)(
  "after a crash at %s keys and artifacts are whole, and the work can be done",
  async (point) => {
    const folder = mkdtempSync(join(base, "crash-"));
    expect(runProcess(folder, "make", point)).toBe("SIGKILL");
    const first = await openKeys(join(folder, "keys"), { now: 0 });
    expect(first.root.version).toBe(1);
    const artifacts = await openArtifacts(join(folder, "artifact"));
    const address = sha256Hex(Uint8Array.of(1, 2, 3));
    expect(await artifacts.has(address)).toBe(point === "release.artifact.after_write");

    const second = runProcess(folder, "rotate", point);
    expect(second).toBe(point === "release.artifact.after_write" ? 0 : "SIGKILL");
    const rotated = await openKeys(join(folder, "keys"), { now: 0 });
    expect(rotated.root.version).toBe(point === "release.root.before_write" ? 1 : 2);
    expect(await verifyRoots(first.root, rotated.chain, releasePorts)).toEqual(rotated.root);

    expect(runProcess(folder, "make")).toBe(0);
    expect(await artifacts.read(address)).toEqual(Uint8Array.of(1, 2, 3));
    expect((await readdir(join(folder, "artifact"))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  },
);

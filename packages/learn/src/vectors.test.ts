import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = fileURLToPath(new URL("../../../scripts/vectors-learn.py", import.meta.url));
const committed = fileURLToPath(new URL("../../../vectors/learn", import.meta.url));
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("python") ?? false;
const probe = spawnSync("python3", ["-c", "import sklearn, scipy"], { encoding: "utf8" });
const available = probe.status === 0;

/** Numbers may differ in the last digits between versions of a linear algebra library; all else must be equal. */
function expectClose(ours: unknown, theirs: unknown, path: string): void {
  if (typeof ours === "number" && typeof theirs === "number") {
    expect(Math.abs(ours - theirs), path).toBeLessThanOrEqual(1e-7 * Math.max(1, Math.abs(theirs)));
  } else if (typeof ours === "object" && ours !== null && typeof theirs === "object" && theirs !== null) {
    expect(Object.keys(ours), path).toEqual(Object.keys(theirs));
    for (const [key, value] of Object.entries(ours)) {
      expectClose(value, (theirs as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else expect(ours, path).toBe(theirs);
}

test.skipIf(!available && !required)("scikit-learn still gives the committed vectors", () => {
  expect(available, `python3 with scikit-learn and scipy is required here: ${probe.stderr}`).toBe(true);
  const directory = mkdtempSync(join(tmpdir(), "tideline-vectors-"));
  try {
    const run = spawnSync("python3", [script, directory], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    // Beside them lie what PyTorch answers, written by scripts of its own.
    const torch = ["layer.json", "loss", "optimiser.json"];
    const ours = readdirSync(committed).filter((name) => !torch.includes(name));
    expect(readdirSync(directory).sort()).toEqual(ours.sort());
    for (const file of readdirSync(directory)) {
      const read = (folder: string): unknown => JSON.parse(readFileSync(join(folder, file), "utf8"));
      expectClose(read(directory), read(committed), file);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GRADIENT_TOLERANCE } from "./op/testing/gradient-fault.ts";
import { missingOps, vectorShares, type GradientVector } from "./op/testing/gradient-vector.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FOLDERS = ["graph/gradient", "learn/loss"] as const;

const readVectors = (root: string, folder: string) =>
  readdirSync(join(root, folder))
    .toSorted()
    .map((file) => [file, JSON.parse(readFileSync(join(root, folder, file), "utf8")) as unknown] as const);

/** Operators for which PyTorch has answers and the registry has nothing yet. */
const ABSENT = "";

describe("values and gradients agree with PyTorch", () => {
  for (const [file, vectors] of readVectors(join(ROOT, "vectors"), "graph/gradient"))
    describe(file, () => {
      for (const vector of vectors as readonly GradientVector[]) {
        const missing = missingOps(vector);
        if (missing.length > 0)
          test(`${vector.name}: no operator ${missing.join()}`, () => {
            for (const op of missing) expect(ABSENT.split(" ")).toContain(op);
          });
        else
          test(vector.name, () => {
            for (const [name, share] of Object.entries(vectorShares(vector)))
              expect(share, name).toBeLessThanOrEqual(GRADIENT_TOLERANCE);
          });
      }
    });
});

/** The largest difference between two documents' numbers, as a share of the larger; infinite where anything else differs. */
function distance(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number")
    return a === b ? 0 : Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null)
    return a === b ? 0 : Infinity;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length) return Infinity;
  return left.reduce(
    (worst, [key, value]) => Math.max(worst, distance(value, (b as Record<string, unknown>)[key])),
    0,
  );
}

const torch = spawnSync("python3", ["-c", "import torch"]).status === 0;
const committed = join(ROOT, "vectors");

describe.skipIf(!torch)("the scripts write the committed vectors again (needs the package torch)", () => {
  let folder = "";
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "tideline-torch-"))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("vectors-gradient.py", () => {
    execFileSync("python3", [join(ROOT, "scripts/vectors-gradient.py"), folder], { stdio: "pipe" });
    for (const part of FOLDERS)
      expect(distance(readVectors(folder, part), readVectors(committed, part)), part).toBeLessThan(1e-9);
  });

  test.each(["layer", "optimiser"])("vectors-%s.py", (part) => {
    const file = join(folder, `${part}.json`);
    execFileSync("python3", [join(ROOT, `scripts/vectors-${part}.py`), file], { stdio: "pipe" });
    const [found, kept] = [file, join(committed, "learn", `${part}.json`)].map(
      (path) => JSON.parse(readFileSync(path, "utf8")) as unknown,
    );
    expect(distance(found, kept)).toBeLessThan(1e-9);
  });
});

import { execFile } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../packages/pipeline/src/catalog/testing/temporary-folder.ts";
import { cleanUpLater, openPoseLake } from "../packages/pipeline/src/dataset/testing/open-pose-lake.ts";
import { firstStudy } from "../packages/pipeline/src/flow/testing/first-study.ts";

const run = promisify(execFile);

interface Made {
  readonly snapshot: string;
  readonly set: string;
  readonly artifact: string;
  /** Of the model table that phones are offered beside the graph. */
  readonly table: string;
  readonly steps: number;
  readonly hits: number;
}

/** Trains in a process of its own. */
async function train(folder: string, seed: number): Promise<Made> {
  const script = join(import.meta.dirname, "reproducible/train-process.ts");
  const { stdout } = await run(process.execPath, [script, folder, String(seed)]);
  return JSON.parse(stdout) as Made;
}

/** A copy of a folder in another place, in which nothing is known of any step. */
function copyWithoutSteps(folder: string): string {
  const copy = temporaryFolder(onTestFinished);
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, "step"), { recursive: true, force: true });
  const catalog = new DatabaseSync(join(copy, "catalog.db"));
  catalog.exec("DELETE FROM step_cache");
  catalog.close();
  return copy;
}

test("the same snapshot, definition, lock file and seed make the same bytes, wherever and whenever", async () => {
  const folder = temporaryFolder(onTestFinished);
  const { onFinished, cleanUp } = cleanUpLater();
  const lake = await openPoseLake(onFinished, folder);
  const { id } = await lake.snapshot(firstStudy());
  await cleanUp();

  const kept = copyWithoutSteps(folder);
  const [here, there] = await Promise.all([train(kept, 1), train(copyWithoutSteps(folder), 1)]);
  expect(here).toEqual(there);
  expect(here).toMatchObject({ snapshot: id, hits: 0, artifact: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(here.table).toMatch(/^[0-9a-f]{64}$/);
  expect(here.steps).toBeGreaterThan(1);

  // In a folder that has its steps nothing is computed again.
  await expect(train(kept, 1)).resolves.toEqual({ ...here, hits: here.steps });
  // Another seed asks other people to choose; the rows stay what they are.
  const other = await train(kept, 2);
  expect(other).toMatchObject({ snapshot: id, set: here.set, hits: here.steps - 1 });
});

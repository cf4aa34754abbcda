import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tidelineError, type Clock } from "@tideline/spec";
import {
  checkFolder,
  folderLayout,
  makeFolder,
  openCatalog,
  ownFolder,
  storageError,
} from "../catalog/index.ts";
import { openEngine } from "../lake/index.ts";
import { projectCode } from "./code-hash.ts";
import { outcomeOf, type PreparationManifest, type WrittenPart } from "./outcome.ts";
import { needNoLoop, sourceRegion } from "./own-place.ts";
import { PARTS } from "./part.ts";
import { plannedNames, type PlannedStep } from "./plan.ts";
import type { Preparation } from "./preparation.ts";
import { Planned, STEP_FOLDER, type Preparing, type StepTold } from "./preparing.ts";
import { pruneSteps, type Pruned } from "./prune.ts";
import { outcomeFolder, publish } from "./publish.ts";
import { takeSteps } from "./take-steps.ts";
import { chainStep, writeStep } from "./write-step.ts";

/** How a preparation is run. */
export interface RunPreparationOptions {
  /** The folder of steps and of what comes out: empty, absent, or one of Tideline's. */
  readonly folder: string;
  /** Default `Date.now`. Only checks of freshness look at it. */
  readonly clock?: Clock;
  /** Computes every step again, whatever is there. */
  readonly fresh?: boolean;
  /** Removes, after a run that succeeded, older outcomes of the folder and steps that no newest one is made of. */
  readonly prune?: boolean;
  /** MiB that the engine which reads and that which writes take at most, each. Default 512. */
  readonly memory?: number;
  /** Told of each step when it is done. */
  readonly onStep?: (line: StepTold) => void;
  /** Told of rows that a step has seen, in each of its passes. */
  readonly onProgress?: (told: { readonly step: string; readonly rows: number }) => void;
}

/** What a run of a preparation gave. */
export interface Prepared {
  /** The folder of the outcome; its files are named as in the manual. */
  readonly path: string;
  readonly manifest: PreparationManifest;
  readonly steps: readonly StepTold[];
  /** Whether every step was there and no file was written. */
  readonly unchanged: boolean;
  /** What was removed; null where that was not asked for. */
  readonly pruned: Pruned | null;
}

/**
 * Runs a preparation: whatever a step before gave for the same bytes, code and options is taken, and the rest computed. The
 * outcome appears whole or not at all in `prepared/<name>/<key>`, and `prepared/<name>/latest.json` names it. A process that dies
 * leaves steps that are whole, from which the next run goes on. One process at a time has the folder.
 *
 * @throws FOLDER_OWNED, FOLDER_INVALID, RESIDENCY_MISMATCH, DISK_FULL; CHECK_FAILED; DATA_NOT_FOUND, DATA_MALFORMED; NOT_ENOUGH_DATA, DEFINITION_ILLEGAL
 *   and ARGUMENT_INVALID as steps say.
 * @example
 * const { path, steps } = await runPreparation(visits, { folder: ".tideline/prepare" });
 */
export async function runPreparation(
  definition: Preparation,
  options: RunPreparationOptions,
): Promise<Prepared> {
  const { folder } = options;
  const region = await sourceRegion(definition);
  await needNoLoop(folder);
  const owner = await ownFolder(folder, { command: `prepare ${definition.name}`, region });
  try {
    const catalog = await openCatalog(folder, { epoch: owner.epoch });
    try {
      await makeFolder(join(folder, STEP_FOLDER));
      await makeFolder(join(folder, outcomeFolder(definition.name)));
      await removeLeftovers(join(folder, STEP_FOLDER));
      await removeLeftovers(join(folder, outcomeFolder(definition.name)));
      const prepared = await withEngine(
        { ...options, temporary: owner.layout.temporary, catalog, plan: false },
        (preparing) => runSteps(preparing, definition),
      );
      return Object.freeze({ ...prepared, pruned: options.prune === true ? await pruneSteps(folder) : null });
    } finally {
      await catalog.close();
    }
  } catch (error) {
    throw storageError(
      error,
      folder,
      "Free some space and run again: steps that were done are taken from there.",
    );
  } finally {
    owner.release();
  }
}

/**
 * What a run would do: which steps are there already, and the first that would be computed. Nothing is written.
 *
 * @throws as {@link runPreparation}, for what shows before anything is computed.
 */
export async function planPreparation(
  definition: Preparation,
  options: Pick<RunPreparationOptions, "folder" | "clock" | "memory">,
): Promise<readonly PlannedStep[]> {
  const names = plannedNames(definition);
  const { folder } = options;
  const there = (await checkFolder(folder)) === "ours" && existsSync(folderLayout(folder).catalog);
  if (!there) return names.map((name, at) => ({ name, state: at === 0 ? "runs" : "follows" }));
  const catalog = await openCatalog(folder);
  try {
    return await withEngine({ ...options, temporary: tmpdir(), catalog, plan: true }, async (preparing) => {
      let next: string | undefined;
      try {
        await writeAll(preparing, definition, await takeSteps(preparing, definition));
      } catch (error) {
        if (!(error instanceof Planned)) throw error;
        next = error.message;
      }
      const hits = new Set(preparing.lines.map(({ name }) => name));
      const first = next === undefined ? names.length : names.indexOf(next);
      return names.flatMap((name, at): readonly PlannedStep[] => {
        if (hits.has(name)) return [{ name, state: "hit" }];
        // Before the first that runs: a check whose columns are not there.
        if (at < first) return [];
        return [{ name, state: at === first ? "runs" : "follows" }];
      });
    });
  } finally {
    await catalog.close();
  }
}

async function runSteps(preparing: Preparing, definition: Preparation): Promise<Omit<Prepared, "pruned">> {
  const { root, lines } = preparing;
  const taken = await takeSteps(preparing, definition);
  const { parts, chain } = await writeAll(preparing, definition, taken);
  const { key, manifest, files } = await outcomeOf(preparing, definition, taken, parts, chain);
  const { path, written } = await publish(root, { name: definition.name, key, files });
  return {
    path: join(root, path),
    manifest,
    steps: Object.freeze([...lines]),
    unchanged: !written && lines.every(({ hit }) => hit),
  };
}

async function writeAll(
  preparing: Preparing,
  { name, graph }: Preparation,
  { parts, chain, given }: Awaited<ReturnType<typeof takeSteps>>,
) {
  const written: WrittenPart[] = [];
  for (const part of PARTS) {
    const own = parts[part];
    if (own !== undefined) written.push({ name: part, ...(await writeStep(preparing, part, own)) });
  }
  if (written.find((part) => part.name === "train")?.rows === 0) throw noRowsLeft(preparing);
  const required = graph === "required";
  const stored =
    chain === undefined ? undefined : await chainStep(preparing, { name, required, chain, given });
  return { parts: written, chain: stored };
}

/** Says where the rows to train on went. */
function noRowsLeft({ lines }: Preparing) {
  const lost = lines
    .filter(({ rowsIn, rowsOut }) => rowsOut < rowsIn)
    .map(
      ({ name: step, rowsIn, rowsOut, reasons }) =>
        `${step} let ${rowsIn - rowsOut} of ${rowsIn} go (${Object.keys(reasons).slice(0, 3).join(", ")})`,
    );
  return tidelineError("NOT_ENOUGH_DATA", {
    who: "prepare",
    field: "train",
    expected: "rows to train on",
    received: `none: ${lost.join("; ")}`,
    remedy: "Look at the steps that let rows go.",
  });
}

async function withEngine<Result>(
  given: RunPreparationOptions & Pick<Preparing, "catalog" | "temporary" | "plan">,
  work: (preparing: Preparing) => Promise<Result>,
): Promise<Result> {
  const { folder, clock = Date.now, fresh = false, memory = 512 } = given;
  const { onStep = () => undefined, onProgress = () => undefined, catalog, temporary, plan } = given;
  const engine = await openEngine({ temporary, memory });
  try {
    return await work({
      root: folder,
      temporary,
      engine,
      memory,
      code: projectCode(),
      watched: [],
      lines: [],
      onLine: onStep,
      onProgress,
      plan,
      catalog,
      clock,
      fresh,
    });
  } finally {
    await engine.close();
  }
}

/** What a process that died was writing: it had the folder alone, as this one has. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.endsWith(".tmp")) await rm(join(folder, name), { recursive: true, force: true });
}

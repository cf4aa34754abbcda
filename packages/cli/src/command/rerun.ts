import {
  listRuns,
  openLoopContext,
  ownFolder,
  readSnapshot,
  snapshotWindows,
  trainRun,
  type Catalog,
  type RunRow,
} from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";
import type { CommandResult } from "../output/command-result.ts";
import { localTime, shortId } from "../output/figure.ts";
import { locateFolder } from "./open-folder.ts";

/** Options of `tideline rerun`. */
export interface RerunOptions {
  /** Id of the run, or its first characters. */
  readonly run: string;
  readonly folder: string;
  /** Path of the module with the definition that the run was made with. */
  readonly app: string;
  /** Computes every step again instead of taking it from the cache. */
  readonly fresh: boolean;
  /** Told of each step. */
  readonly onStep: (line: string) => void;
}

/** The run of an id or of its first characters. @throws `NOT_FOUND`, `ARGUMENT_INVALID` where several begin so */
async function findRunByStart(catalog: Catalog, start: string): Promise<RunRow> {
  const found = (await listRuns(catalog)).filter(({ id }) => id.startsWith(start));
  const wanted = { who: "tideline rerun", field: "run-id", received: start };
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    const remedy = "tideline runs lists them.";
    throw tidelineError("NOT_FOUND", { ...wanted, expected: "a run of the folder", remedy });
  }
  throw tidelineError("ARGUMENT_INVALID", {
    ...wanted,
    expected: `the id of one run; ${found.length} begin so`,
  });
}

/** The artifact that a run recorded, under the definition that it was made with. */
function recordedArtifact(run: RunRow, definition: string): string {
  const who = `run ${run.id}`;
  if (run.definition !== definition) {
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "definition",
      expected: run.definition,
      received: definition,
      remedy: "Pass --app with the definition that the run was made with.",
    });
  }
  if (run.artifact !== null) return run.artifact;
  const expected = "a run that made a model";
  throw tidelineError("CHECK_FAILED", { who, expected, received: `one that is ${run.status}` });
}

/**
 * `tideline rerun`: trains a recorded run again from its snapshot, definition and seed, and holds the bytes of the
 * model against those of the record. Nothing but the cache of steps is written.
 *
 * @throws `FOLDER_INVALID`, `FOLDER_OWNED`, `NOT_FOUND`, `SNAPSHOT_ERASED` where a person of the snapshot has left
 */
export async function rerunCommand(options: RerunOptions): Promise<CommandResult> {
  const folder = await locateFolder(options.folder);
  const owner = await ownFolder(folder, { command: "tideline rerun" });
  try {
    const loop = await openLoopContext(
      { folder, epoch: owner.epoch, appModule: options.app, seed: 0 },
      {
        clock: Date.now,
        onStep: ({ name, rowsIn, rowsOut, hit }) =>
          options.onStep(`${name}: ${rowsIn} rows in, ${rowsOut} out${hit ? ", from the cache" : ""}`),
      },
    );
    try {
      const run = await findRunByStart(loop.catalog, options.run);
      const recorded = recordedArtifact(run, loop.definition);
      const snapshot = await readSnapshot(folder, run.snapshot);
      const context = { ...loop, seed: run.seed, fresh: options.fresh };
      const again = await trainRun(
        context,
        {
          reason: "rerun",
          snapshot,
          windows: await snapshotWindows(context, snapshot),
          recentSince: (run.parameters as { readonly recentSince: number | null }).recentSince,
          champion: null,
        },
        null,
      );
      return compare(run, recorded, again.run.artifact!, options.fresh);
    } finally {
      await loop.close();
    }
  } finally {
    owner.release();
  }
}

/** Both models, and the fault where they differ. */
function compare(run: RunRow, recorded: string, recomputed: string, fresh: boolean): CommandResult {
  const equal = recorded === recomputed;
  const text = [
    `run         ${shortId(run.id)} of ${localTime(run.created_at)}, snapshot ${shortId(run.snapshot)}, seed ${run.seed}`,
    `recorded    ${recorded}`,
    `recomputed  ${recomputed}`,
    equal ? "byte for byte the same model" : "another model",
  ].join("\n");
  const { id, snapshot, definition, seed } = run;
  const value = { run: id, snapshot, definition, seed, recorded, recomputed, equal, fresh };
  if (equal) return { value, text };
  const fault = tidelineError("CHECK_FAILED", {
    who: `run ${id}`,
    expected: `artifact ${recorded}`,
    received: recomputed,
    remedy: "Code, lock file or machine differ from those of the run.",
  });
  return { value, text, fault };
}

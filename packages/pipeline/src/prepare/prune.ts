import { lstat, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, tidelineError } from "@tideline/spec";
import { readTextIfThere } from "../catalog/index.ts";
import { STEP_FOLDER } from "./preparing.ts";
import { OUTCOMES, POINTER } from "./publish.ts";

const LOG = "log.jsonl";
/** Names that runs give; whatever else is in a folder is somebody's. */
const [OUTCOME, STEP_FILE] = [/^[0-9a-f]{64}(?:\.tmp)?$/u, /^[0-9a-f]{64}\./u];
/** The key of the step that a file is of. */
const keyOf = (file: string): string => file.split(".", 1)[0]!;

/** What {@link pruneSteps} took away. */
export interface Pruned {
  readonly outcomes: number;
  readonly files: number;
  /** That the disk got back: a file that an outcome and a step share counts once. */
  readonly bytes: number;
}

/**
 * Removes the outcomes of preparations that are not their newest, and the files of steps that no newest one is made of. The
 * next run of a newest one finds all of its own. The caller has the folder alone. What no run wrote stays, and no link is followed.
 *
 * @throws DATA_MALFORMED for a pointer that cannot be read: nothing of that preparation, and no step, is removed then.
 */
export async function pruneSteps(root: string): Promise<Pruned> {
  const kept = new Set<string>();
  const logs = new Set<string>();
  let [outcomes, files, bytes] = [0, 0, 0];
  const drop = async (path: string): Promise<void> => {
    const { nlink, size } = await lstat(path);
    await rm(path);
    files++;
    if (nlink === 1) bytes += size;
  };
  for (const name of await foldersIn(join(root, OUTCOMES))) {
    const own = join(root, OUTCOMES, name);
    const newest = await newestOf(join(own, POINTER));
    for (const key of await foldersIn(own)) {
      if (key === newest || !OUTCOME.test(key)) continue;
      // What a reader or a process that dies sees is a whole outcome or none.
      const gone = join(own, key.endsWith(".tmp") ? key : `${key}.tmp`);
      if (!key.endsWith(".tmp")) await rename(join(own, key), gone);
      for (const file of await readdir(gone, { withFileTypes: true }))
        if (!file.isDirectory()) await drop(join(gone, file.name));
      await rm(gone, { recursive: true });
      outcomes++;
    }
    const log = newest === undefined ? undefined : await readTextIfThere(join(own, newest, LOG));
    if (log === undefined) continue;
    logs.add(log);
    for (const line of log.trim().split("\n")) kept.add((JSON.parse(line) as { readonly key: string }).key);
  }
  const found = await readdir(join(root, STEP_FOLDER), { withFileTypes: true });
  const steps = found.filter((one) => one.isFile() && STEP_FILE.test(one.name)).map(({ name }) => name);
  // The step that wrote a log is not in it.
  for (const file of steps)
    if (file.endsWith(`.${LOG}`) && logs.has(await readFile(join(root, STEP_FOLDER, file), "utf8")))
      kept.add(keyOf(file));
  for (const file of steps) if (!kept.has(keyOf(file))) await drop(join(root, STEP_FOLDER, file));
  return Object.freeze({ outcomes, files, bytes });
}

/** The folders in a folder; links to others are none of them. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { withFileTypes: true });
  return found.filter((one) => one.isDirectory()).map(({ name }) => name);
}

/** The key of the newest outcome; undefined where there is none. */
async function newestOf(path: string): Promise<string | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  try {
    const { key } = JSON.parse(text) as { readonly key?: unknown };
    if (typeof key === "string" && OUTCOME.test(key)) return key;
    throw new Error(`key: ${JSON.stringify(key)}`);
  } catch (cause) {
    throw tidelineError("DATA_MALFORMED", {
      who: path,
      expected: "the key of an outcome",
      received: messageOf(cause),
      remedy: "Run its preparation again, or remove its folder.",
      cause,
    });
  }
}

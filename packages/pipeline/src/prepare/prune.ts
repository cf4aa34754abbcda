import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfThere } from "../catalog/index.ts";
import { STEP_FOLDER } from "./preparing.ts";
import { OUTCOMES, POINTER } from "./publish.ts";

const LOG = "log.jsonl";
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
 * next run of a newest one finds all of its own. The caller has the folder alone.
 */
export async function pruneSteps(root: string): Promise<Pruned> {
  const kept = new Set<string>();
  const logs = new Set<string>();
  let [outcomes, files, bytes] = [0, 0, 0];
  const drop = async (path: string): Promise<void> => {
    const { nlink, size } = await stat(path);
    await rm(path);
    files++;
    if (nlink === 1) bytes += size;
  };
  for (const name of await readdir(join(root, OUTCOMES))) {
    const own = join(root, OUTCOMES, name);
    const pointer = await readTextIfThere(join(own, POINTER));
    const newest = pointer === undefined ? undefined : (JSON.parse(pointer) as { readonly key: string }).key;
    for (const key of await readdir(own)) {
      if (key === POINTER || key === newest) continue;
      // What a reader or a process that dies sees is a whole outcome or none.
      const gone = join(own, key.endsWith(".tmp") ? key : `${key}.tmp`);
      if (!key.endsWith(".tmp")) await rename(join(own, key), gone);
      for (const file of await readdir(gone)) await drop(join(gone, file));
      await rm(gone, { recursive: true });
      outcomes++;
    }
    if (newest === undefined) continue;
    const log = await readFile(join(own, newest, LOG), "utf8");
    logs.add(log);
    for (const line of log.trim().split("\n")) kept.add((JSON.parse(line) as { readonly key: string }).key);
  }
  const steps = await readdir(join(root, STEP_FOLDER));
  // The step that wrote a log is not in it.
  for (const file of steps)
    if (file.endsWith(`.${LOG}`) && logs.has(await readFile(join(root, STEP_FOLDER, file), "utf8")))
      kept.add(keyOf(file));
  for (const file of steps) if (!kept.has(keyOf(file))) await drop(join(root, STEP_FOLDER, file));
  return Object.freeze({ outcomes, files, bytes });
}

import { join } from "node:path";
import { tidelineError, type Clock } from "@tideline/spec";
import { makeFolder, writeDurably } from "../catalog/durable-write.ts";
import { createLayout } from "../catalog/folder.ts";
import { readOwnerFile, type OwnerFile } from "../catalog/owner-file.ts";
import { checkPlace, lock } from "../catalog/owner.ts";
import { checkStamp, folderRegion } from "../catalog/region.ts";
import { writerLog } from "./log/writer-log.ts";

/** What a process that writes a further log of a folder holds. */
export interface OwnedWriter {
  readonly writer: string;
  /** Fencing epoch of the log: greater than that of every process that wrote it before. */
  readonly epoch: number;
  /** The region that the folder was stamped with; null for one without. */
  readonly region: string | null;
  /** Tells people where it listens. */
  announce(collect: string): Promise<void>;
  /** Gives the log back. A process that dies needs no release: the operating system frees the lock. */
  release(): void;
}

/**
 * Makes this process the one that writes `log-<writer>` of a folder, whether the folder has an owner or not; the folder
 * is made where there is none. The owner reads every log when it compacts.
 *
 * @throws `FOLDER_OWNED` naming the process that has the name, `FOLDER_INVALID` for a folder that is not ours,
 * `ARGUMENT_INVALID` for a name that is none, `RESIDENCY_MISMATCH` for a folder of another region
 * @example
 * const writer = await ownWriter("./gym", "b", { command: "tideline ingest" });
 * const ingest = await startIngest({ folder: "./gym", writer: writer.writer, epoch: writer.epoch, ...rest });
 */
export async function ownWriter(
  folder: string,
  writer: string,
  {
    command,
    clock = Date.now,
    region = null,
  }: { readonly command: string; readonly clock?: Clock; readonly region?: string | null },
): Promise<OwnedWriter> {
  const { path } = writerLog(folder, writer);
  await checkPlace(folder, region);
  await makeFolder(folder);
  await createLayout(folder, region);
  const stamped = await folderRegion(folder);
  checkStamp(folder, region, stamped);
  await makeFolder(path);
  const file = join(path, "owner.json");
  const held = lock(join(path, "owner.db"));
  if (held === "busy") {
    const other = await readOwnerFile(file);
    throw tidelineError("FOLDER_OWNED", {
      who: command,
      field: `--writer ${writer}`,
      expected: "a name that no other process writes under",
      received: other === null ? "one that is starting" : `process ${other.pid} (${other.command})`,
      remedy: "Pass another --writer, or stop the other process.",
    });
  }
  const { database, epoch } = held;
  const announce = (collect: string | null): Promise<void> => {
    const addresses = { console: null, collect };
    const content: OwnerFile = {
      format: 1,
      pid: process.pid,
      epoch,
      command,
      started: clock(),
      addresses,
      token: null,
    };
    return writeDurably(file, `${JSON.stringify(content, null, 2)}\n`);
  };
  try {
    await announce(null);
  } catch (error) {
    database.close();
    throw error;
  }
  return Object.freeze({ writer, epoch, region: stamped, announce, release: () => database.close() });
}

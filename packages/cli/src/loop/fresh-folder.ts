import { access, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readOwner } from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";

/** Marks a folder that `start` made and may make anew. */
const MARK = "made-by-start";

const stands = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * An empty folder for a play of the loop. Without `folder` it is `.tideline/loop` below the working directory, made
 * anew each time; one that is named must not be there yet or be empty, and stays.
 *
 * @throws `FOLDER_OWNED` while another process plays in it, `ARGUMENT_INVALID` for a named folder with content.
 */
export async function freshFolder(
  folder: string,
): Promise<{ readonly data: string; readonly phones: string }> {
  const owner = await readOwner(join(folder, "server")).catch(() => null);
  if (owner !== null) {
    throw tidelineError("FOLDER_OWNED", {
      who: "tideline start",
      field: folder,
      expected: "a folder that no other process owns",
      received: `process ${owner.pid} (${owner.command})${owner.addresses.console === null ? "" : ` at ${owner.addresses.console}`}`,
      remedy: `Stop it (kill ${owner.pid}) or pass another --folder.`,
    });
  }
  if (await stands(folder)) {
    if (!(await stands(join(folder, MARK)))) {
      throw tidelineError("FOLDER_INVALID", {
        who: "tideline start",
        field: `--folder ${folder}`,
        expected: "a folder that is not there yet, or one that an earlier start made",
        received: "a folder of somebody else",
        remedy: "Pass another --folder.",
      });
    }
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, MARK), "tideline start makes this folder anew each time.\n");
  const paths = { data: join(folder, "server"), phones: join(folder, "phones") };
  await mkdir(paths.phones);
  return paths;
}

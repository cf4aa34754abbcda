import { access } from "node:fs/promises";
import { join } from "node:path";
import { folderLayout } from "@tideline/pipeline/catalog";

/** The folder with log and lake of a named one: the `server` below it that `tideline start` makes, or itself. */
export async function placeOf(named: string): Promise<string> {
  const below = join(named, "server");
  return access(folderLayout(below).format).then(
    () => below,
    () => named,
  );
}

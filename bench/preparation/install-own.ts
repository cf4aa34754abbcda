import { cpSync } from "node:fs";
import { join } from "node:path";
import { installPacked } from "../../scripts/pack/install.ts";

/** Files of our side, in `bench`. */
const OWN = ["preparation", "side"];

/**
 * Our packages as whoever installs them has them, packed and unpacked in a folder, with our side of the jobs beside them.
 *
 * @returns the script of our side.
 */
export function installOwn(folder: string): string {
  installPacked(folder, ["spec", "predict", "graph", "learn", "pipeline"]);
  for (const name of OWN)
    cpSync(join(import.meta.dirname, "..", name), join(folder, "bench", name), { recursive: true });
  return join(folder, "bench/preparation/own.js");
}

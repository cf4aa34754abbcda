import module from "node:module";
import { dirname } from "node:path";

/** The environment for a thread, with the place where this process keeps compiled code: a thread does not inherit it. */
export function threadEnvironment(): NodeJS.ProcessEnv {
  // Node 20 has no such place.
  const folder = module.getCompileCacheDir?.();
  return folder === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(folder) };
}

import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { sourceHash } from "./source-hash.ts";

const SOURCE_FOLDER = import.meta.dirname;
const CACHE_FOLDER = join(SOURCE_FOLDER, "../../node_modules/.cache/tideline-dashboard");

/** Where the page lies, built. */
export interface BuiltDashboard {
  /** Absolute path of the folder with `index.html` and `assets/`. */
  readonly folder: string;
}

/** Takes away what a build left; a rename makes the finished folder appear at once or not at all. */
async function publish(from: string, folder: string): Promise<void> {
  try {
    await rename(from, folder);
  } catch (error) {
    // Another process was faster: its folder has the same content, since the name is the hash of the sources.
    await rm(from, { recursive: true, force: true });
    if (!existsSync(join(folder, "index.html"))) throw error;
  }
}

/**
 * The page, built from its sources on first use and kept in `node_modules/.cache/tideline-dashboard/<hash>`.
 * The hash covers the sources and the lock file, so a second call finds the folder and loads no bundler.
 * Several processes may call at once: each builds aside, and the first to finish gives its folder the name.
 *
 * @throws what the bundler throws when the sources do not build.
 * @example
 * const { folder } = await buildDashboard();
 * await server.register(dashboardRoutes({ folder }));
 */
export async function buildDashboard(): Promise<BuiltDashboard> {
  const name = sourceHash(SOURCE_FOLDER);
  const folder = join(CACHE_FOLDER, name);
  if (existsSync(join(folder, "index.html"))) return { folder };
  await mkdir(CACHE_FOLDER, { recursive: true });
  const aside = await mkdtemp(join(CACHE_FOLDER, `.${name}.`));
  try {
    const { bundle } = await import("./bundle.ts");
    await bundle(SOURCE_FOLDER, aside);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
  await publish(aside, folder);
  return { folder };
}

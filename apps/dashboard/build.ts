import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sourceHash } from "./source-hash.ts";

const SOURCE_FOLDER = import.meta.dirname;
/** The page in a published package, which was bundled before it was packed. */
const PACKED_FOLDER = join(SOURCE_FOLDER, "page");
const CACHE_FOLDER = join(SOURCE_FOLDER, "../../node_modules/.cache/tideline-dashboard");

/** Where the page lies, built. */
export interface BuiltDashboard {
  /** Absolute path of the folder with `index.html` and `assets/`. */
  readonly folder: string;
}

/** Runs the bundler in a process of its own; the mode of this process must not decide which React is bundled. */
async function bundle(outFolder: string): Promise<void> {
  const script = join(SOURCE_FOLDER, "bundle.ts");
  await promisify(execFile)(process.execPath, [script, outFolder], {
    env: { ...process.env, NODE_ENV: "production" },
  });
}

/** Gives the finished folder its name: a rename makes the finished folder appear at once or not at all. */
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
 * The hash covers the sources and the lock file, so a second call finds the folder and starts no bundler.
 * Several processes may call at once: each builds aside, and the first to finish gives its folder the name.
 * A published package has the page built and starts no bundler.
 *
 * @throws an `Error` with what the bundler printed when the sources do not build.
 * @example
 * const { folder } = await buildDashboard();
 * await server.register(dashboardRoutes({ folder }));
 */
export async function buildDashboard(): Promise<BuiltDashboard> {
  if (existsSync(join(PACKED_FOLDER, "index.html"))) return { folder: PACKED_FOLDER };
  const name = sourceHash(SOURCE_FOLDER);
  const folder = join(CACHE_FOLDER, name);
  if (existsSync(join(folder, "index.html"))) return { folder };
  await mkdir(CACHE_FOLDER, { recursive: true });
  const aside = await mkdtemp(join(CACHE_FOLDER, `.${name}.`));
  try {
    await bundle(aside);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
  await publish(aside, folder);
  return { folder };
}

import {
  appendFileSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { buildSync, type BuildOptions } from "esbuild";
import { joinedChunks, type MoreImports } from "./joined-chunks.ts";

/** What a module names by its own place: a file that is started, or a folder that is served. */
const BESIDE = /new URL\("([^"]+)", import\.meta\.url\)|join\(import\.meta\.dirname, "([^"]+)"\)/g;

/** A place that is computed, which no bundle can keep. */
const COMPUTED = /\bimport\.meta\.dirname\b|\bnew URL\([^)]*\bimport\.meta\.url\b/;

const TEXT = /"(?:[^"\\\n]|\\.)*"/g;

const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** The file of an entry after bundling. All stand in one folder, so that code has one place, whichever file it comes to. */
export const flatPath = (path: string): string => path.replace(/^\.\//, "").replaceAll("/", "-");

/** What to bundle. */
export interface BundleOptions {
  /** Modules that others import, as paths in the folder. */
  readonly entries: readonly string[];
  /** Folder of the sources that the built modules have maps to, which the files get, too; default: they have none. */
  readonly sources?: string;
  /** Where the files come to; default: in the place of the modules. */
  readonly to?: string;
}

/**
 * Has the modules name each place as it is after bundling.
 *
 * @returns the modules that they start, and the folders whose files are handed out one by one.
 */
function writePlaces(folder: string): {
  readonly started: readonly string[];
  readonly served: readonly string[];
} {
  const started = new Set<string>();
  const served = new Set<string>();
  for (const file of globSync("**/*.js", { cwd: folder })) {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    if (!text.includes("import.meta")) continue;
    // Examples in comments are about modules of others.
    const code = text.replace(COMMENT, "");
    const placed = new Map<string, string>();
    for (const [whole, ...rest] of code.matchAll(BESIDE)) {
      const named = (rest[0] ?? rest[1])!;
      const at = relative(folder, resolve(folder, dirname(file), named));
      const isModule = at.endsWith(".js");
      (isModule ? started : served).add(at);
      placed.set(whole, whole.replace(named, `./${isModule ? flatPath(at) : at}`));
    }
    if (COMPUTED.test(code.replace(BESIDE, "").replace(TEXT, "")))
      throw new Error(`${path}: a place beside the module is computed. Write its path out, as one text.`);
    if (placed.size > 0)
      writeFileSync(
        path,
        text.replace(BESIDE, (whole) => placed.get(whole) ?? whole),
      );
  }
  return { started: [...started], served: [...served] };
}

/**
 * Bundles the built modules of a folder into few files: whoever loads hundreds of small ones waits for each. Entries share
 * the files of what they share, so that no module is there twice; other packages are imported as before. What the modules
 * start as a thread or process becomes an entry, too; files of folders that they serve stay; types stay. No module may do
 * more than declare when it is imported, as its package must say (`sideEffects`), or it is left out.
 *
 * @throws Error for a module that computes the place of another, and for entries of the same name.
 * @example
 * bundleModules("stage/dist", { entries: ["frame/index.js"] }); // stage/dist/frame-index.js
 */
export function bundleModules(folder: string, { entries, sources, to = folder }: BundleOptions): void {
  const { started, served } = writePlaces(folder);
  const all = [...new Set([...entries, ...started])];
  const names = all.map(flatPath);
  if (new Set(names).size < names.length)
    throw new Error(`${folder}: two of the entries would have one name: ${names.join(", ")}`);
  const out = `${folder}-bundled`;
  const options = {
    absWorkingDir: resolve(folder),
    entryPoints: Object.fromEntries(all.map((path, at) => [names[at]!.replace(/\.js$/, ""), `./${path}`])),
    outdir: out,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    packages: "external",
    chunkNames: "[name]-[hash]",
    legalComments: "inline",
    charset: "utf8",
    ...(sources !== undefined && { sourcemap: "linked" }),
    logLevel: "warning",
  } as const satisfies BuildOptions;
  importMore(folder, joinedChunks(buildSync({ ...options, metafile: true, write: false }).metafile));
  buildSync(options);
  if (sources !== undefined) nameSources(out, sources, folder);
  if (to === folder)
    for (const file of globSync(["**/*.js", "**/*.js.map"], { cwd: folder })) {
      if (!served.some((path) => file.startsWith(`${path}/`))) rmSync(join(folder, file));
    }
  // Those of served modules are as the compiler wrote them.
  if (sources !== undefined && to === folder) nameSources(folder, sources, folder);
  mkdirSync(to, { recursive: true });
  for (const file of globSync("*", { cwd: out })) renameSync(join(out, file), join(to, file));
  rmSync(out, { recursive: true });
}

/** Has entries import modules for nothing but that they are loaded with them, which no bundler may leave out. */
function importMore(folder: string, more: MoreImports): void {
  for (const [entry, modules] of more) {
    const lines = Array.from(modules, (path) => {
      const from = relative(dirname(entry), path);
      return `import ${JSON.stringify(from.startsWith(".") ? from : `./${from}`)};\n`;
    });
    appendFileSync(join(folder, entry), `\n${lines.join("")}`);
  }
  const path = join(folder, "../package.json");
  const kept = new Set([...more.values()].flatMap((modules) => [...modules]));
  const sideEffects = Array.from(kept, (file) => `./${join(basename(folder), file)}`);
  const manifest = JSON.parse(readFileSync(path, "utf8")) as { readonly sideEffects?: unknown };
  if (manifest.sideEffects === false) writeFileSync(path, JSON.stringify({ ...manifest, sideEffects }));
}

/** Has maps of a folder beside `src` name their sources as a repository does, wherever they were built. */
function nameSources(folder: string, from: string, built: string): void {
  for (const file of globSync("**/*.js.map", { cwd: folder })) {
    const path = join(folder, file);
    const map = JSON.parse(readFileSync(path, "utf8")) as { readonly sources: readonly string[] };
    const src = join(relative(dirname(file), "."), "../src");
    const sources = map.sources.map((source) => {
      const at = resolve(dirname(path), source);
      const own = relative(from, at);
      // What is JavaScript in the sources, too, has no map and stands among what was built as it does there.
      return join(src, own.startsWith("..") ? relative(built, at) : own);
    });
    writeFileSync(path, JSON.stringify({ ...map, sources }));
  }
}

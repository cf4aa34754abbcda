import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { messageOf, tidelineError } from "@tideline/spec";

const require = createRequire(import.meta.url);
/** An entry of each package whose code decides what a step gives, and this package's own part. */
const ENTRIES = ["@tideline/spec", "@tideline/graph", "@tideline/learn"] as const;
const OWN = [import.meta.dirname, join(import.meta.dirname, "../frame")] as const;
const SOURCE = /(?<!\.test|\.d)\.(?:ts|js|mjs)$/u;

let known: Promise<string> | undefined;

/**
 * The hash of the code that makes steps: every source file of the packages that read, transform, check and write, so that no
 * output of older code is taken for one of newer code. It is read once in a process.
 */
export function projectCode(): Promise<string> {
  known ??= hashFolders([...ENTRIES.map((entry) => dirname(require.resolve(entry))), ...OWN]);
  return known;
}

async function hashFolders(folders: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const names = (await readdir(folder, { recursive: true }))
      .filter((name) => SOURCE.test(name) && !/[\\/](?:testing|node_modules)[\\/]/u.test(name))
      .sort();
    const files = await Promise.all(names.map((name) => readFile(join(folder, name))));
    for (const [at, bytes] of files.entries()) hash.update(`${names[at]}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

const IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/gu;

/**
 * The hash of a module of one's own: its bytes, and those of every module that it imports by a relative path, and so on.
 *
 * @param url `import.meta.url` of the module.
 * @throws DEFINITION_ILLEGAL for a module that cannot be read.
 */
export async function moduleCode(url: string): Promise<string> {
  const read = new Map<string, Buffer>();
  const waiting = [url];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (read.has(next)) continue;
    const bytes = await readModule(url, next);
    read.set(next, bytes);
    for (const [, path] of bytes.toString("utf8").matchAll(IMPORT)) waiting.push(new URL(path!, next).href);
  }
  const hash = createHash("sha256");
  const root = new URL(".", url).href;
  const named = [...read].map(([at, bytes]) => [at.replace(root, ""), bytes] as const);
  // Where a module stands does not count, so that a copy of a project has the same steps.
  for (const [, bytes] of named.sort(([left], [right]) => (left < right ? -1 : 1)))
    hash.update(`${bytes.length}\0`).update(bytes);
  return hash.digest("hex");
}

function readModule(first: string, url: string): Promise<Buffer> {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  return readFile(path).catch((cause: unknown) => {
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: "module",
      expected: "import.meta.url of a module whose relative imports name files",
      received: `${pathToFileURL(path).href === first ? first : url}: ${messageOf(cause)}`,
      cause,
    });
  });
}

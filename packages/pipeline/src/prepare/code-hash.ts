import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, tidelineError } from "@tideline/spec";

/**
 * What a module may name in an import, an export or a `require`, wherever it stands: what is taken for one and is none costs
 * a step that is computed again, what is overlooked a step that is not.
 */
const IMPORT =
  /(?<![.\w$])(?:from|(?:import|require)\s*\(?)\s*(?:\/\*[^]*?\*\/\s*)*(?:"([^"\n]+)"|'([^'\n]+)'|`([^`$\n]+)`)/gu;
/** An import or export for certain. */
const STATEMENT = /^\s*(?:import|export)\b[^;"'`]*["']([^"'\n]+)["']/gmu;
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gmu;
/** As loaders complete a path, the path itself first. */
const ENDINGS = ["", ".ts", ".tsx", ".js", ".mjs", ".json", "/index.ts", "/index.js"];
/** Packages that are read file by file; of others the version counts. */
const PROJECT = "@tideline/";

let known: string | undefined;

/**
 * The hash of the code that makes steps: every module that this one, and so each step, is made of, and the versions of the
 * packages that they use. No output of older code is taken for one of newer code. It is read once in a process.
 */
export function projectCode(): string {
  known ??= hashModules([fileURLToPath(new URL("./index.ts", import.meta.url))], false);
  return known;
}

/**
 * The hash of a module of one's own: its bytes, those of every module that it imports by a relative path, and so on, and the
 * versions of the packages that these import.
 *
 * @param url `import.meta.url` of the module.
 * @throws DEFINITION_ILLEGAL for a module, or a relative import, that is no file.
 */
export function moduleCode(url: string): string {
  try {
    return hashModules([fileURLToPath(url)], true);
  } catch (cause) {
    throw tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: "module",
      expected: "import.meta.url of a module whose relative imports are files",
      received: messageOf(cause),
      cause,
    });
  }
}

/** @param own whether the modules are a user's: then the project's are not among them, and every import is a file. */
function hashModules(first: readonly string[], own: boolean): string {
  const read = new Map<string, Buffer>();
  const versions = new Set<string>();
  const waiting = [...first];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (read.has(path)) continue;
    const bytes = readFileSync(path);
    read.set(path, bytes);
    const require = createRequire(path);
    const text = bytes.toString("utf8");
    const statements = new Set(
      Array.from(text.replaceAll(COMMENT, "").matchAll(STATEMENT), ([, name]) => name),
    );
    for (const match of text.matchAll(IMPORT)) {
      const named = (match[1] ?? match[2] ?? match[3])!;
      const name = named.startsWith("file:") ? fileURLToPath(named) : named;
      // Only what a comment or a text names may be absent.
      if (/^(?:\.{1,2})?\//u.test(name)) waiting.push(...fileOf(path, name, own && statements.has(name)));
      else if (name.startsWith(PROJECT)) {
        if (!own) waiting.push(...resolved(require, name));
      } else if (!name.startsWith("node:"))
        for (const at of resolved(require, name)) versions.add(packageOf(at));
    }
  }
  const hash = createHash("sha256");
  // Where a module stands does not count, so that a copy of a project has the same steps.
  const digests = [...read.values()].map((bytes) => createHash("sha256").update(bytes).digest("hex"));
  for (const part of [...digests.sort(), ...[...versions].sort()]) hash.update(`${part}\n`);
  return hash.digest("hex");
}

/** @param needed whether it must be a file. */
function fileOf(from: string, name: string, needed: boolean): readonly string[] {
  const path = resolve(dirname(from), name);
  const found = ENDINGS.map((ending) => path + ending).find(
    (one) => existsSync(one) && statSync(one).isFile(),
  );
  if (found !== undefined) return [found];
  if (needed) throw new Error(`${from} imports ${name}, which is no file`);
  return [];
}

function resolved(require: NodeJS.Require, name: string): readonly string[] {
  try {
    return [require.resolve(name)];
  } catch {
    // Words in a text that look like an import, and packages without a form for `require`: the lock file of a project tells of these.
    return [];
  }
}

/** The name and version of the package that a file is of. */
function packageOf(path: string): string {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string };
    if (name !== undefined && version !== undefined) return `${name}@${version}`;
  }
  return path;
}

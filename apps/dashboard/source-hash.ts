import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the built page depends on besides the packages that the lock file pins. */
const SOURCES = [
  "index.html",
  "package.json",
  "tsconfig.json",
  "../../tsconfig.json",
  "bundle.ts",
  "public/**/*",
  "src/**/*.{ts,tsx,css}",
  "../../packages/spec/src/report.ts",
];

/** The nearest lock file at or above a folder, or undefined where the package was installed without one. */
function lockFile(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, "package-lock.json");
    if (existsSync(path)) return path;
    if (at === dirname(at)) return undefined;
  }
}

/**
 * The content address of the page: 16 hexadecimal digits of SHA-256 over the paths and bytes of its sources
 * and of the lock file. Tests are not part of it.
 */
export function sourceHash(folder: string): string {
  const hash = createHash("sha256");
  const add = (name: string, path: string): void => {
    const bytes = readFileSync(path);
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  };
  const names = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: folder, withFileTypes: false }))
    .filter((name) => /\.\w+$/.test(name) && !name.includes(".test."))
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
  for (const name of names) add(name, join(folder, name));
  const lock = lockFile(folder);
  if (lock !== undefined) add("package-lock.json", lock);
  return hash.digest("hex").slice(0, 16);
}

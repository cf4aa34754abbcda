import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tarball } from "../pack.ts";
import type { PackageManifest } from "../pack/manifest.ts";

const builtin = new Set(builtinModules);

/** What a package for a phone or a browser may hold. */
const ALLOWED = /^(LICENSE|NOTICE|README\.md|package\.json|app\.plugin\.js|dist\/.+(\.js|\.d\.ts))$/;

/** Modules that a built file names: in statements, and in expressions and types. */
const IMPORT =
  /^(?:import|export)\s[^"';]*?from\s*["']([^"'\s]+)["']|^import\s*["']([^"'\s]+)["']|\b(?:import|require)\(\s*["']([^"'\s]+)["']/gm;

/** Bytes that a tarball may have, about a third over what it had when this was written; in two of them a quarter is for Node alone. */
const BUDGETS: Readonly<Record<string, number>> = {
  "@tideline/spec": 215_000,
  "@tideline/predict": 30_000,
  "@tideline/device": 120_000,
  "@tideline/react-native": 45_000,
  "@tideline/web": 32_000,
};

function exportTargets(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Object.values(value as Record<string, unknown>).flatMap(exportTargets);
}

const dependenciesOf = (manifest: PackageManifest): Readonly<Record<string, string>> => ({
  ...manifest.dependencies,
  ...(manifest["peerDependencies"] as Record<string, string>),
});

/** What is wrong with the modules that a built file names. */
function importFaults(text: string, file: string, manifest: PackageManifest): string[] {
  const { name } = manifest;
  const declared = dependenciesOf(manifest);
  // Comments hold examples of what an app imports.
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...code.matchAll(IMPORT)].flatMap((match) => {
    const specifier = (match[1] ?? match[2] ?? match[3])!;
    if (specifier.startsWith(".")) {
      return specifier.endsWith(".js") ? [] : [`${name}/${file} imports ${specifier}`];
    }
    const wanted = specifier
      .split("/")
      .slice(0, specifier.startsWith("@") ? 2 : 1)
      .join("/");
    if (specifier.startsWith("node:") || builtin.has(wanted)) {
      return [`${name}/${file} imports Node's ${specifier}`];
    }
    if (declared[wanted] !== undefined || wanted === name) return [];
    return [`${name}/${file} imports ${wanted}, which it does not name`];
  });
}

function faultsOf({ name, bytes, files }: Tarball, folder: string): string[] {
  const faults: string[] = [];
  for (const file of files) {
    if (!ALLOWED.test(file) || file.includes(".test.")) faults.push(`${name} holds ${file}`);
  }
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const manifest = JSON.parse(read("package.json")) as PackageManifest;
  const targets = [manifest["main"], manifest["types"], ...exportTargets(manifest.exports)] as string[];
  for (const target of targets) {
    if (!files.includes(target.replace(/^\.\//, "")))
      faults.push(`${name} exports ${target}, which it lacks`);
  }
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    if (!/^[\^~]?\d/.test(range)) faults.push(`${name} wants ${dependency} in any version: ${range}`);
  }
  for (const file of files) {
    if (file.startsWith("dist/")) faults.push(...importFaults(read(file), file, manifest));
  }
  const budget = BUDGETS[name] ?? 0;
  if (bytes > budget) faults.push(`${name} has ${bytes} bytes, more than ${budget}`);
  return faults;
}

/** What is wrong with a tarball: files that do not belong, missing ones, built-ins of Node, too many bytes. */
export function tarballFaults(tarball: Tarball): string[] {
  const folder = mkdtempSync(join(tmpdir(), "tideline-unpacked-"));
  try {
    execFileSync("tar", ["xzf", tarball.path, "-C", folder, "--strip-components=1"]);
    return faultsOf(tarball, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

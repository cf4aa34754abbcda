import { execFileSync } from "node:child_process";
import { builtinModules } from "node:module";
import type { Tarball } from "../pack.ts";
import { readManifest } from "../pack/manifest.ts";

const builtin = new Set(builtinModules);

/** What a package for a phone or a browser may hold. */
const ALLOWED = /^(LICENSE|NOTICE|README\.md|package\.json|app\.plugin\.js|dist\/.+(\.js|\.d\.ts))$/;

const IMPORT = /(?:\bfrom\s*|\bimport\s*\(\s*|\brequire\s*\(\s*|^\s*import\s*)["']([^"']+)["']/gm;

/** Bytes that a tarball may have, about a third over what it had when this was written. */
const BUDGETS: Readonly<Record<string, number>> = {
  "@tideline/spec": 100_000,
  "@tideline/predict": 30_000,
  "@tideline/device": 75_000,
  "@tideline/react-native": 45_000,
  "@tideline/web": 25_000,
};

function exportTargets(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return Object.values(value as Record<string, unknown>).flatMap(exportTargets);
}

/** What is wrong with a tarball: files that do not belong, missing ones, built-ins of Node, too many bytes. */
export function tarballFaults({ name, bytes, files, path }: Tarball): string[] {
  const faults: string[] = [];
  for (const file of files) {
    if (!ALLOWED.test(file) || file.includes(".test.")) faults.push(`${name} holds ${file}`);
  }
  const read = (file: string): string =>
    execFileSync("tar", ["xzOf", path, `package/${file}`], { encoding: "utf8", maxBuffer: 1 << 26 });
  const manifest = JSON.parse(read("package.json")) as ReturnType<typeof readManifest>;
  const targets = [manifest["main"], manifest["types"], ...exportTargets(manifest.exports)] as string[];
  for (const target of targets) {
    if (!files.includes(target.replace(/^\.\//, "")))
      faults.push(`${name} exports ${target}, which it lacks`);
  }
  const declared = { ...manifest.dependencies, ...(manifest["peerDependencies"] as Record<string, string>) };
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    if (!/^[\^~]?\d/.test(range)) faults.push(`${name} wants ${dependency} in any version: ${range}`);
  }
  for (const file of files.filter((candidate) => candidate.startsWith("dist/"))) {
    // Comments hold examples of what an app imports.
    const text = read(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    for (const [, specifier] of text.matchAll(IMPORT)) {
      if (specifier!.startsWith(".")) {
        if (!specifier!.endsWith(".js")) faults.push(`${name}/${file} imports ${specifier}`);
        continue;
      }
      const parts = specifier!.split("/");
      const wanted = parts.slice(0, specifier!.startsWith("@") ? 2 : 1).join("/");
      if (specifier!.startsWith("node:") || builtin.has(wanted)) {
        faults.push(`${name}/${file} imports Node's ${specifier}`);
      } else if (declared[wanted] === undefined && wanted !== name) {
        faults.push(`${name}/${file} imports ${wanted}, which it does not name`);
      }
    }
  }
  const budget = BUDGETS[name] ?? 0;
  if (bytes > budget) faults.push(`${name} has ${bytes} bytes, more than ${budget}`);
  return faults;
}

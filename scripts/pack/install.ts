import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { packSdk } from "../pack.ts";
import type { PackageManifest } from "./manifest.ts";

const modules = join(import.meta.dirname, "../../node_modules");

/**
 * Packs packages and unpacks them in a folder as npm does; what else they need is linked from the repository's own, so that no
 * network is asked. The folder is a package of ES modules then.
 *
 * @param names of the packages without their scope, with all of ours that they need.
 * @param more packages of others that only who runs there needs.
 * @returns the manifests that were published.
 * @example
 * installPacked("/tmp/app", ["spec", "predict", "graph", "learn"]);
 */
export function installPacked(
  folder: string,
  names: readonly string[],
  more: readonly string[] = [],
): readonly PackageManifest[] {
  const manifests = packSdk(join(folder, "tarballs"), names).map(({ name, path }) => {
    const own = join(folder, "node_modules", name);
    mkdirSync(own, { recursive: true });
    execFileSync("tar", ["-xzf", path, "-C", own, "--strip-components", "1"]);
    return JSON.parse(readFileSync(join(own, "package.json"), "utf8")) as PackageManifest;
  });
  const needed = manifests.flatMap(({ dependencies = {} }) => Object.keys(dependencies));
  for (const name of new Set([...more, ...needed])) {
    const link = join(folder, "node_modules", name);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(modules, name), link);
  }
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  return manifests;
}

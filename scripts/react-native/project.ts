import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tarball } from "../pack.ts";
import { run } from "./process.ts";

const root = join(import.meta.dirname, "../..");

/** Options of {@link openProject}. */
export interface ProjectOptions {
  /** Folder under `samples/`. */
  readonly sample: string;
  readonly tarballs: readonly Tarball[];
  /** Installs everything again. */
  readonly fresh?: boolean;
}

/** What `npm ci` of a sample depends on. */
function lockDigest(sample: string): string {
  const hash = createHash("sha256");
  for (const name of ["package.json", "package-lock.json"]) hash.update(readFileSync(join(sample, name)));
  return hash.digest("hex");
}

/**
 * A sample's project outside the repository, so that nothing is found that is not installed: what its lock file says
 * by `npm ci`, the tarballs on top. A later call finds the installed packages again while the lock file is the same.
 *
 * @returns its folder.
 */
export function openProject({ sample, tarballs, fresh = false }: ProjectOptions): string {
  const from = join(root, "samples", sample);
  const project = join(tmpdir(), "tideline-check", sample);
  const modules = join(project, "node_modules");
  const marker = join(modules, ".installed-for");
  const digest = lockDigest(from);
  const installed = !fresh && existsSync(marker) && readFileSync(marker, "utf8") === digest;
  mkdirSync(project, { recursive: true });
  for (const name of globSync("*", { cwd: project })) {
    if (name !== "node_modules") rmSync(join(project, name), { recursive: true });
  }
  const filter = (path: string): boolean => !path.slice(from.length).includes("node_modules");
  cpSync(from, project, { recursive: true, filter });
  if (!installed) {
    run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: project });
    writeFileSync(marker, digest);
  }
  // The version is the same as that of the last time: npm must forget what it installed then.
  rmSync(join(modules, "@tideline"), { recursive: true, force: true });
  rmSync(join(modules, ".package-lock.json"), { force: true });
  const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const paths = tarballs.map(({ path }) => path);
  run("npm", ["install", "--prefer-offline", ...options, ...paths], { cwd: project });
  return project;
}

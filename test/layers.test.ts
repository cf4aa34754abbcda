import { globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { LAYERS, type Layer } from "../scripts/layers.ts";
import { layoutText } from "../scripts/layout.ts";

const root = join(import.meta.dirname, "..");
const builtin = new Set(builtinModules);

/** Packages by name, as paths of layers. */
const packages: Record<string, string> = Object.fromEntries(
  globSync("{packages,apps,examples}/*/package.json", { cwd: root }).map((file) => [
    (JSON.parse(readFileSync(join(root, file), "utf8")) as { name: string }).name,
    dirname(file),
  ]),
);

function layerOf(path: string): Layer | undefined {
  return LAYERS.filter((layer) => path === layer.path || path.startsWith(`${layer.path}/`)).sort(
    (left, right) => right.path.length - left.path.length,
  )[0];
}

/** Every module that a file names in an import or export. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const pattern =
    /^\s*(?:import|export)\s[^;"']*?from\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return [...text.matchAll(pattern)].map((match) => (match[1] ?? match[2] ?? match[3])!);
}

/** The layer path that an import leads to, or undefined for third-party modules. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return relative(root, join(root, dirname(file), specifier));
  const name = specifier.split("/").slice(0, 2).join("/");
  return packages[name];
}

const files = globSync("{packages,apps,examples}/**/*.{ts,tsx}", { cwd: root }).filter(
  (file) =>
    !file.includes("node_modules") &&
    !/\.test\.tsx?$/.test(file) &&
    !file.endsWith(".config.ts") &&
    // Fixtures of tests; the device's are published for adapters and are held to the rules.
    (!file.includes("/testing/") || file.startsWith("packages/device/")) &&
    // Random views for the property test of SQL and interpreter.
    !file.startsWith("packages/pipeline/src/feature/sql/"),
);

test("every file belongs to a layer", () => {
  expect(files.filter((file) => layerOf(file) === undefined)).toEqual([]);
  expect(files.length).toBeGreaterThan(50);
});

test("imports are legal", () => {
  const illegal: string[] = [];
  for (const file of files) {
    const layer = layerOf(file)!;
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith("node:") || builtin.has(specifier)) {
        if (!layer.node) illegal.push(`${file} imports ${specifier}: ${layer.path} runs ${layer.runsOn}`);
        continue;
      }
      const target = targetOf(file, specifier);
      if (target === undefined) continue;
      const to = layerOf(target);
      const whole = specifier.startsWith("@tideline/pipeline") ? "packages/pipeline/src" : to?.path;
      if (to?.path === layer.path || whole === layer.path) continue;
      if (whole === undefined || !layer.imports.includes(whole)) illegal.push(`${file} imports ${specifier}`);
    }
  }
  expect(illegal).toEqual([]);
});

test("packages name what they import", () => {
  const missing = new Set<string>();
  for (const file of files) {
    const home = file.split("/").slice(0, 2).join("/");
    const manifest = JSON.parse(readFileSync(join(root, home, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
      peerDependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
    };
    const named = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.devDependencies };
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith(".") || specifier.startsWith("node:")) continue;
      const name = specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
      if (packages[name] !== home && named[name] === undefined) missing.add(`${home} imports ${name}`);
    }
  }
  expect([...missing]).toEqual([]);
});

test("LAYOUT.md is what the list generates", () => {
  expect(readFileSync(join(root, "LAYOUT.md"), "utf8")).toBe(layoutText());
});

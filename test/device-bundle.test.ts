import { builtinModules } from "node:module";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { expect, test } from "vitest";
import { productionBytes } from "./production-bundle.ts";

/**
 * Bytes after gzip that an app's production build may pay. `core`: what records, keeps, sends, asks for consent and lets
 * a person leave. `models` on top: signed releases, updates, self-tests, the fallback chain. `predict`: and the
 * interpreter of model tables, so that it predicts without any native code. `everything`: all that the package exports.
 */
const BUDGETS = {
  core: { bytes: 12_288, source: 'export { createClient } from "@tideline/device";' },
  models: { bytes: 16_128, source: 'export { createClient, createModels } from "@tideline/device";' },
  predict: {
    bytes: 20_736,
    source: 'export { createClient, createModels, tableRuntime } from "@tideline/device";',
  },
  everything: { bytes: 28_928, source: 'export * from "@tideline/device";' },
} as const;

/** The client as an app would bundle it. `platform: "neutral"` resolves no built-in of Node. */
async function bundle(source: string): Promise<{ bytes: Uint8Array; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: join(import.meta.dirname, "../packages/device"), loader: "ts" },
    absWorkingDir: join(import.meta.dirname, ".."),
    bundle: true,
    write: false,
    minifySyntax: true,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  });
  return { bytes: outputFiles[0]!.contents, metafile };
}

/** Folders that the bundle holds code of. */
function foldersOf(metafile: Metafile): Set<string> {
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const held = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  return new Set(held.map((path) => path.split("/").slice(0, 2).join("/")));
}

test.each(Object.entries(BUDGETS))("%s: within its bytes", async (name, { bytes: bound, source }) => {
  const { minified, zipped } = await productionBytes((await bundle(source)).bytes);
  console.log(`${name}: ${minified} bytes minified, ${zipped} after gzip (bound ${bound})`);
  expect(zipped).toBeLessThanOrEqual(bound);
});

test("an app that only records carries no interpreter and no verification", async () => {
  const { metafile } = await bundle(BUDGETS.core.source);
  expect([...foldersOf(metafile)].sort()).toEqual(["packages/device", "packages/spec"]);
  const { bytes } = await bundle(BUDGETS.core.source);
  expect(new TextDecoder().decode(bytes)).not.toContain("RELEASE_ROLLBACK");
});

test("the device's bundle holds the spec, the interpreter and itself: no trainer, no Node built-in", async () => {
  const { metafile } = await bundle(BUDGETS.everything.source);
  expect([...foldersOf(metafile)].sort()).toEqual(["packages/device", "packages/predict", "packages/spec"]);
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imports.filter((path) => path.startsWith("node:") || builtinModules.includes(path))).toEqual([]);
});

test("the check notices a built-in", async () => {
  await expect(bundle('import { readFileSync } from "node:fs"; console.log(readFileSync);')).rejects.toThrow(
    /node:fs/,
  );
});

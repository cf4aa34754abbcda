import { builtinModules } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as device from "@tideline/device";
import { build, type Metafile } from "esbuild";
import { expect, test } from "vitest";

/**
 * Bytes that the client may cost an app after gzip. The aim is 12,000; error sentences and the checks of events and
 * manifests make up what is over it.
 */
const BUDGET = 18_000;

/** Bytes that the model table's runtime adds: its reader, which is held to 5,000 alone, and the port around it. */
const READER = 5250;

/** The client as an app would bundle it. `platform: "neutral"` resolves no built-in of Node. */
async function bundle(source: string): Promise<{ bytes: Uint8Array; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: join(import.meta.dirname, "../packages/device"), loader: "ts" },
    absWorkingDir: join(import.meta.dirname, ".."),
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
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

/** What every app may take: all but the runtime of the model table, which brings its reader along. */
const core = Object.keys(device).filter((name) => name !== "tableRuntime");

test("the device's bundle holds the spec and itself: no trainer, no reader of tables, no Node built-in", async () => {
  const { bytes, metafile } = await bundle(`export { ${core.join(", ")} } from "@tideline/device";`);
  expect([...foldersOf(metafile)].sort()).toEqual(["packages/device", "packages/spec"]);
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imports.filter((path) => path.startsWith("node:") || builtinModules.includes(path))).toEqual([]);
  const zipped = gzipSync(bytes, { level: 9 }).length;
  console.log(`@tideline/device: ${bytes.length} bytes minified, ${zipped} after gzip (bound ${BUDGET})`);
  expect(zipped).toBeLessThanOrEqual(BUDGET);
});

test("an app that names the table's runtime gets its reader, and nothing more", async () => {
  const { bytes, metafile } = await bundle('export * from "@tideline/device";');
  const without = await bundle(`export { ${core.join(", ")} } from "@tideline/device";`);
  const held = ["packages/device", "packages/predict", "packages/spec"];
  expect([...foldersOf(metafile)].sort()).toEqual(held);
  const more = gzipSync(bytes, { level: 9 }).length - gzipSync(without.bytes, { level: 9 }).length;
  console.log(`tableRuntime: ${bytes.length - without.bytes.length} bytes minified, ${more} after gzip`);
  expect(more).toBeLessThanOrEqual(READER);
});

test("the check notices a built-in", async () => {
  await expect(bundle('import { readFileSync } from "node:fs"; console.log(readFileSync);')).rejects.toThrow(
    /node:fs/,
  );
});

import { builtinModules } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { expect, test } from "vitest";

/**
 * Bytes that the client may cost an app after gzip. The aim is 12,000; error sentences and the checks of events and
 * manifests make up what is over it.
 */
const BUDGET = 18_000;

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

test("the device's bundle holds the spec and itself: no trainer, no Node built-in", async () => {
  const { bytes, metafile } = await bundle('export * from "@tideline/device";');
  expect([...foldersOf(metafile)].sort()).toEqual(["packages/device", "packages/spec"]);
  const imports = Object.values(metafile.inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imports.filter((path) => path.startsWith("node:") || builtinModules.includes(path))).toEqual([]);
  const zipped = gzipSync(bytes, { level: 9 }).length;
  console.log(`@tideline/device: ${bytes.length} bytes minified, ${zipped} after gzip (bound ${BUDGET})`);
  expect(zipped).toBeLessThanOrEqual(BUDGET);
});

test("the check notices a built-in", async () => {
  await expect(bundle('import { readFileSync } from "node:fs"; console.log(readFileSync);')).rejects.toThrow(
    /node:fs/,
  );
});

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Bytes that the reader may cost an app after gzip; with the client it must stay under 20,000. */
const BUDGET = 5000;

test("the reader of tables is small and brings nothing along", async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: 'export { loadTable } from "@tideline/predict";',
      resolveDir: join(import.meta.dirname, "../packages/graph"),
      loader: "ts",
    },
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
  const bytes = outputFiles[0]!.contents;
  const zipped = gzipSync(bytes, { level: 9 }).length;
  console.log(`@tideline/predict: ${bytes.length} bytes minified, ${zipped} after gzip (bound ${BUDGET})`);
  const strange = Object.keys(metafile.inputs).filter(
    (path) => !path.startsWith("packages/predict/") && path !== "<stdin>",
  );
  expect(strange).toEqual([]);
  expect(zipped).toBeLessThanOrEqual(BUDGET);
});

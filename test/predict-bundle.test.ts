import { join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { productionBytes } from "./production-bundle.ts";

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
    minifySyntax: true,
    metafile: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "silent",
  });
  const { minified, zipped } = await productionBytes(outputFiles[0]!.contents);
  console.log(`@tideline/predict: ${minified} bytes minified, ${zipped} after gzip (bound ${BUDGET})`);
  const strange = Object.keys(metafile.inputs).filter(
    (path) => !path.startsWith("packages/predict/") && path !== "<stdin>",
  );
  expect(strange).toEqual([]);
  expect(zipped).toBeLessThanOrEqual(BUDGET);
});

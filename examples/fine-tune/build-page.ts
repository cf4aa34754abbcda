import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import type { FittedNumbers } from "@tideline/learn/net";
import { writePopulation } from "./population-file.ts";

const SOURCE = import.meta.dirname;

/** Files of onnxruntime-web that are fetched when a graph is loaded; those of WebGPU when somebody chooses it. */
const WASM = ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];
const WEBGPU = ["ort-wasm-simd-threaded.asyncify.mjs", "ort-wasm-simd-threaded.asyncify.wasm"];

const OPTIONS = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
} satisfies BuildOptions;

/** Bundles the page, its worker and its service worker into a folder, with the population's model and all they fetch. */
export async function buildPage(folder: string, population: FittedNumbers): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    ...OPTIONS,
    entryPoints: ["page.ts", "worker.ts"].map((name) => join(SOURCE, name)),
    outdir: folder,
    splitting: true,
  });
  const require = createRequire(import.meta.url);
  const ort = dirname(require.resolve("onnxruntime-web"));
  await writeFile(join(folder, "population.bin"), writePopulation(population));
  // One look for all examples in a browser.
  await copyFile(require.resolve("@tideline/example-web/page.css"), join(folder, "page.css"));
  for (const name of ["index.html", "fine-tune.css"]) await copyFile(join(SOURCE, name), join(folder, name));
  for (const name of [...WASM, ...WEBGPU]) await copyFile(join(ort, name), join(folder, name));

  const kept = (await readdir(folder)).filter(
    (name) => !WEBGPU.includes(name) && name !== "service-worker.js",
  );
  const hash = createHash("sha256");
  for (const name of kept.toSorted()) hash.update(name).update(await readFile(join(folder, name)));
  await build({
    ...OPTIONS,
    entryPoints: [join(SOURCE, "service-worker.ts")],
    outdir: folder,
    define: {
      FILES: JSON.stringify(["./", ...kept]),
      VERSION: JSON.stringify(hash.digest("hex").slice(0, 16)),
    },
  });
}

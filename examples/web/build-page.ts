import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const SOURCE = import.meta.dirname;

/** Files of onnxruntime-web that the page fetches when it loads a model. */
const WASM = ["ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"];

/**
 * Bundles the page and its service worker into a folder, with everything that they fetch.
 *
 * @param app module of another definition than the activity example's.
 */
export async function buildPage(folder: string, app?: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: ["page.ts", "service-worker.ts"].map((name) => join(SOURCE, name)),
    outdir: folder,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    ...(app === undefined ? {} : { alias: { "@tideline/example-activity": app } }),
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  const ort = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
  for (const name of ["index.html", "page.css"]) await copyFile(join(SOURCE, name), join(folder, name));
  for (const name of WASM) await copyFile(join(ort, name), join(folder, name));
}

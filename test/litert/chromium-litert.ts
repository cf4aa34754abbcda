import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { CHROMIUM_ARGS, chromiumPath } from "../../scripts/chromium.ts";
import type { LitertCase } from "./python-litert.ts";

/** What a page of the browser gave for each case and feed, by output, and what the browser said. */
export interface ChromiumAnswers {
  readonly answers: readonly (readonly Readonly<Record<string, readonly (number | string)[]>>[])[];
  readonly complaints: readonly string[];
}

/** What the runtime says of itself or of a machine without a graphics card, whatever the file. */
const OWN_WORDS =
  /^INFO: |^WARNING: \[npu_registry\.cc:\d+\] NPU accelerator could not be loaded|^Failed to create default WebGPU device|^No available adapters\.$/;

/** What the page does, bundled with the runtime's own package. */
const PAGE = `
import { loadLiteRt, loadAndCompile, Tensor } from "@litertjs/core";
const loaded = loadLiteRt("/wasm/litert_wasm_internal.js");
globalThis.runCase = async ({ bytes, feeds }) => {
  await loaded;
  const model = await loadAndCompile(Uint8Array.fromBase64(bytes), { accelerator: "wasm" });
  const arrays = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };
  const types = Object.fromEntries(model.getInputDetails().map(({ name, dtype }) => [name, dtype]));
  const answers = [];
  for (const feed of feeds) {
    const given = Object.fromEntries(Object.entries(feed).map(([name, { dims, values }]) =>
      [name, new Tensor(arrays[types[name]].from(values, Number), dims)]));
    const results = await model.run(given);
    answers.push(Object.fromEntries(Object.entries(results).map(([name, tensor]) =>
      [name, Array.from(tensor.toTypedArray(), (value) => Number.isFinite(value) && !Object.is(value, -0) ? value : String(value))])));
    for (const tensor of [...Object.values(given), ...Object.values(results)]) tensor.delete();
  }
  model.delete();
  return answers;
};
globalThis.ready = loaded.then(() => true);
`;

/** Runs files of one row by LiteRT for JavaScript in a page of the system's Chromium. */
export async function runChromiumLitert(cases: readonly LitertCase[]): Promise<ChromiumAnswers> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve("@litertjs/core")), "../wasm");
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: import.meta.dirname, loader: "js" },
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
  });
  const browser = await chromium.launch({ executablePath: chromiumPath()!, args: CHROMIUM_ARGS });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (!OWN_WORDS.test(message.text())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.route("http://localhost/**", async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === "/")
        return route.fulfill({
          contentType: "text/html",
          body: '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
        });
      if (pathname === "/page.js")
        return route.fulfill({ contentType: "text/javascript", body: outputFiles[0]!.text });
      const contentType = pathname.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      return route.fulfill({
        contentType,
        body: await readFile(join(folder, pathname.slice("/wasm/".length))),
      });
    });
    await page.goto("http://localhost/");
    await page.waitForFunction("globalThis.ready");
    const answers: ChromiumAnswers["answers"][number][] = [];
    for (const { bytes, feeds } of cases) {
      const given = {
        bytes: Buffer.from(bytes).toString("base64"),
        feeds: feeds.map((feed) =>
          Object.fromEntries(
            Object.entries(feed).map(([name, { dims, values }]) => [
              name,
              { dims, values: Array.from(values, String) },
            ]),
          ),
        ),
      };
      answers.push(
        await page.evaluate(
          (one) => (globalThis as unknown as { runCase(given: unknown): Promise<never> }).runCase(one),
          given,
        ),
      );
    }
    return { answers, complaints };
  } finally {
    await browser.close();
  }
}

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { CRASH_POINTS } from "@tideline/device";
import { openKeys, readLog } from "@tideline/pipeline";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../../examples/web/build-page.ts";
import { servePage, type PageServer } from "../../examples/web/serve-page.ts";
import { chromiumPath } from "../../scripts/chromium.ts";
import { sampleModel, sampleWindows } from "../../packages/pipeline/src/runtime/testing/sample-model.ts";
import { runSmallLoop, SMALL_APP } from "../../scripts/compat/small-loop.ts";
import { runServer, type RunningServer } from "../ingest/run-server.ts";
import { SOFTWARE_GPU, startBrowser, type OwnBrowser } from "./browser.ts";
import type { Harness, RecordOrder } from "./harness-page.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");
const skipped = chromiumPath() === undefined && !required;

const ORT = dirname(createRequire(import.meta.url).resolve("onnxruntime-web"));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};
const work = mkdtempSync(join(tmpdir(), "tideline-web-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe.skipIf(skipped)("the queue in a browser", { timeout: 120_000 }, () => {
  const recorded = new Set<string>();
  let ingest: RunningServer;
  /** For what needs no browser of its own; without a GPU. */
  let lasting: OwnBrowser;
  let browser: OwnBrowser | null = null;
  let address: string;
  const server = createServer((request, response) => {
    const [path, query] = request.url!.split("?");
    if (path === "/recorded") {
      recorded.add(query!);
      return void response.end();
    }
    if (path === "/die") {
      // Nothing answers: the page stands still until it is dead.
      void browser!.kill();
      return;
    }
    const file = path === "/" ? "harness.html" : path!.slice(1);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const place = join(file.startsWith("ort-") ? ORT : work, file);
    if (!existsSync(place)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": type }).end(readFileSync(place));
  });

  beforeAll(async () => {
    writeFileSync(
      join(work, "harness.html"),
      '<!doctype html><script type="module" src="harness.js"></script>',
    );
    const starting = Promise.all([
      startBrowser(join(work, "lasting")),
      runServer({ folder: join(work, "ingest"), epoch: 1 }),
    ]);
    await build({
      entryPoints: [join(import.meta.dirname, "harness-page.ts")],
      outfile: join(work, "harness.js"),
      bundle: true,
      format: "esm",
      target: "es2022",
      logLevel: "warning",
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://localhost:${(server.address() as AddressInfo).port}`;
    [lasting, ingest] = await starting;
  });
  afterAll(async () => {
    await lasting?.kill();
    server.close();
    server.closeAllConnections();
    ingest?.kill();
  });

  /** A browser with the harness on a profile. */
  async function open(
    profile: string,
    flags: readonly string[] = [],
  ): Promise<{ browser: OwnBrowser; page: Page }> {
    browser = await startBrowser(join(work, profile), flags);
    return { browser, page: await load(browser.page) };
  }
  async function load(page: Page): Promise<Page> {
    await page.goto(address);
    await page.waitForFunction(() => "harness" in globalThis);
    return page;
  }
  const call = (page: Page, order: RecordOrder) =>
    page.evaluate((given) => (globalThis as unknown as { harness: Harness }).harness.record(given), order);

  test("IndexedDB passes the storage suite, and Web Cryptography knows the known answers", async () => {
    const page = await load(lasting.page);
    const checks = await page.evaluate(() =>
      (globalThis as unknown as { harness: Harness }).harness.storageChecks(),
    );
    expect(checks.failed).toEqual([]);
    expect(checks.passed).toBeGreaterThanOrEqual(9);
    expect(
      await page.evaluate(() => (globalThis as unknown as { harness: Harness }).harness.cryptoChecks()),
    ).toEqual({
      digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      gzip: [true, true],
      random: [70_000, true],
      text: ["Zoë 🚲", 4],
      verify: true,
      refused: false,
    });
  });

  test("onnxruntime-web answers alike on wasm and on WebGPU (in software), and says so where there is none", async () => {
    writeFileSync(join(work, "model.onnx"), sampleModel());
    const window = [...sampleWindows(1)];
    const predict = (page: Page, provider: "wasm" | "webgpu") =>
      page.evaluate(
        ([on, values]) => (globalThis as unknown as { harness: Harness }).harness.predict(on, values),
        [provider, window] as const,
      );
    const without = await load(lasting.page);
    const onWasm = await predict(without, "wasm");
    expect(await predict(without, "webgpu")).toBe("RUNTIME_UNSUPPORTED");
    const software = await open("gpu", SOFTWARE_GPU);
    const onGpu = await predict(software.page, "webgpu");
    await software.browser.close();
    if (typeof onWasm === "string" || typeof onGpu === "string") throw new Error(`${onWasm} ${onGpu}`);
    expect(onWasm.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    const differences = onWasm.map((value, index) => Math.abs(value - onGpu[index]!));
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });

  test("killed at each point, the browser's queue loses nothing and doubles nothing", async () => {
    const order = { collect: ingest.address, events: 4 };
    const points = CRASH_POINTS.filter((point) => !point.startsWith("update."));
    let deaths = 0;
    for (const [index, dieAt] of points.entries()) {
      const { browser, page } = await open("profile");
      const done = call(page, { ...order, label: `r${index}`, dieAt, pass: 1 + (index % 2) });
      // A page that dies rejects; one whose point does not come by that often ends in peace.
      const died = await done.then(
        () => false,
        () => true,
      );
      if (died) deaths += 1;
      await browser.kill();
    }
    expect(deaths).toBeGreaterThanOrEqual(points.length - 2);
    const { browser, page } = await open("profile");
    expect(await call(page, { ...order, label: "last", dieAt: null, pass: 0 })).toMatchObject({ pending: 0 });
    await browser.close();

    const stored = new Map<string, number>();
    await ingest.stop();
    for await (const { record } of readLog(join(work, "ingest"), null)) {
      expect(record.quarantined).toEqual([]);
      for (const { properties } of record.events) {
        const target = properties["target"] as string;
        stored.set(target, (stored.get(target) ?? 0) + 1);
      }
    }
    expect(recorded.size).toBeGreaterThan(20);
    expect([...recorded].filter((target) => !stored.has(target))).toEqual([]);
    expect([...stored].filter(([, count]) => count !== 1)).toEqual([]);
  });
});

describe.skipIf(skipped)("the example page", { timeout: 120_000 }, () => {
  const folder = join(work, "loop");
  let served: ChildProcess;
  let pageServer: PageServer;
  let own: OwnBrowser;

  /** Starts `tideline serve` and reads both addresses. */
  async function serve(): Promise<{ collect: string; console: string }> {
    const main = join(import.meta.dirname, "../../packages/cli/src/main.ts");
    served = spawn(process.execPath, [main, "serve", "--folder", folder, "--app", SMALL_APP, "--port", "0"], {
      cwd: work,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    for await (const piece of served.stderr!) {
      said += String(piece);
      const found = /console (http:\S+) {2}ingest (http:\S+)/.exec(said);
      if (found !== null) return { console: found[1]!, collect: found[2]! };
    }
    throw new Error(`serve ended: ${said}`);
  }

  beforeAll(async () => {
    await runSmallLoop(folder, Date.now());
    const starting = startBrowser(join(work, "example"));
    const addresses = await serve();
    const { root } = await openKeys(join(folder, "keys"), { now: Date.now() });
    const { writeKey } = JSON.parse(readFileSync(join(folder, "keys/secret.json"), "utf8")) as {
      writeKey: string;
    };
    await buildPage(join(work, "page"), SMALL_APP);
    pageServer = await servePage(join(work, "page"), {
      port: 0,
      config: async () => ({ ...addresses, writeKey, root }),
    });
    own = await starting;
  });
  afterAll(async () => {
    await own?.kill();
    await pageServer?.close();
    if (served === undefined) return;
    const ended = once(served, "exit");
    served.kill("SIGTERM");
    await ended;
  });

  const text = (page: Page, id: string) => page.locator(`#${id}`).textContent();

  test("takes the release, predicts with onnxruntime-web, sends, and a worker sends what was left", async () => {
    const { page, browser } = own;
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pageServer.address);
    await expect.poll(() => text(page, "state"), { timeout: 20_000 }).toBe("ready");
    await expect.poll(() => text(page, "release"), { timeout: 20_000 }).toBe("version 1");
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve("axe-core") });
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const faults = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string }[] }> };
        };
        return (await axe.run()).violations.map(({ id }) => id);
      });
      expect(faults).toEqual([]);
    }
    for (const box of await page.locator("#consent input").all()) await box.check();
    await page.click("#pretend");
    await expect.poll(() => text(page, "source"), { timeout: 20_000 }).toBe("the model in this browser");
    await page.click("#stop");
    await page.click("#send");
    await expect
      .poll(() => text(page, "events"), { timeout: 20_000 })
      .toMatch(/^([1-9]\d*) recorded, \1 sent, 0/);
    expect(await text(page, "error")).toBe("none");

    // A second page beside it has a queue of its own; what it leaves behind is sent by the worker.
    const second = await browser.contexts()[0]!.newPage();
    await second.goto(pageServer.address);
    await expect.poll(() => text(second, "state"), { timeout: 20_000 }).toBe("ready");
    for (const box of await second.locator("#consent input").all()) await box.check();
    await second.route("**/v1/batch", (route) => route.abort());
    await second.click("#pretend");
    await expect.poll(() => text(second, "events"), { timeout: 20_000 }).toMatch(/[1-9]\d* waiting/);
    await second.close();
    // A page's locks go when the browser has ended it, a moment after it is closed.
    const held = () =>
      page.evaluate(async () => {
        const { held = [] } = await navigator.locks.query();
        return held.filter(({ name }) => name!.endsWith("-1")).length;
      });
    await expect.poll(held, { timeout: 20_000 }).toBe(0);

    const session = await browser.contexts()[0]!.newCDPSession(page);
    await session.send("ServiceWorker.enable");
    const found = Promise.withResolvers<string>();
    session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      for (const { registrationId } of registrations) found.resolve(registrationId);
    });
    await session.send("ServiceWorker.disable");
    await session.send("ServiceWorker.enable");
    const databases = () =>
      page.evaluate(async () => {
        const names = (await indexedDB.databases())
          .map(({ name }) => name!)
          .filter((name) => name.endsWith("-1"));
        return names.length;
      });
    expect(await databases()).toBeGreaterThan(0);
    await session.send("ServiceWorker.dispatchSyncEvent", {
      origin: pageServer.address,
      registrationId: await found.promise,
      tag: "tideline-send",
      lastChance: true,
    });
    const waiting = () =>
      page.evaluate(
        () =>
          new Promise<number>((resolve, reject) => {
            const app = /^tideline-(.*)-1$/;
            void indexedDB.databases().then((all) => {
              const { name } = all.find(({ name }) => app.test(name!))!;
              const open = indexedDB.open(name!);
              open.addEventListener("error", () => reject(open.error!));
              open.addEventListener("success", () => {
                const keys = open.result.transaction("part").objectStore("part").getAllKeys();
                keys.addEventListener("success", () => {
                  open.result.close();
                  resolve(keys.result.filter((key) => String(key).startsWith("journal-")).length);
                });
              });
            });
          }),
      );
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);

    // A person sees what is held, and takes it all back.
    await page.click("#export");
    await expect.poll(() => text(page, "left"), { timeout: 30_000 }).toBe("Your copy is ready:");
    // The second page's is one of its own.
    expect(await page.locator("#copies a").count()).toBe(2);
    await page.click("#erase");
    await page.click("#sure .grave");
    await expect
      .poll(() => text(page, "left"), { timeout: 20_000 })
      .toMatch(/^Erased in this browser. The server/);
    expect(await text(page, "events")).toMatch(/^0 recorded/);
    expect(await page.locator("#consent input:checked").count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("predicts by the model table where onnxruntime-web cannot be had", async () => {
    const person = await own.browser.newContext();
    const page = await person.newPage();
    let asked = 0;
    await page.route("**/ort-*", (route) => {
      asked += 1;
      return route.abort();
    });
    await page.goto(pageServer.address);
    await expect.poll(() => text(page, "release"), { timeout: 20_000 }).toBe("version 1");
    expect(asked).toBeGreaterThan(0);
    for (const box of await page.locator("#consent input").all()) await box.check();
    await page.click("#pretend");
    await expect
      .poll(() => text(page, "source"), { timeout: 20_000 })
      .toBe("the model in this browser (cpu/onnx:RUNTIME_UNSUPPORTED)");
    await person.close();
  });
});

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { writeOnnx } from "@tideline/graph";
import { adam, crossEntropy, trainingStep, type FittedNet } from "@tideline/learn/net";
import { onnxruntimeNode, onnxruntimeWeb } from "@tideline/pipeline";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPage } from "../../examples/fine-tune/build-page.ts";
import { fineTune, type FineTuneSettings } from "../../examples/fine-tune/fine-tune.ts";
import { judge } from "../../examples/fine-tune/judge.ts";
import type { Report } from "../../examples/fine-tune/message.ts";
import { windowsOfPerson } from "../../examples/fine-tune/motion-data.ts";
import { isHead, MOTION_NET } from "../../examples/fine-tune/motion-net.ts";
import { PEOPLE } from "../../examples/fine-tune/person.ts";
import { servePage, type PageServer } from "../../examples/fine-tune/serve-page.ts";
import { sha256 } from "../../examples/fine-tune/sha256.ts";
import { trainPopulation } from "../../examples/fine-tune/train-population.ts";
import { chromiumPath } from "../../scripts/chromium.ts";
import { startBrowser, type OwnBrowser } from "./browser.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");
const work = mkdtempSync(join(tmpdir(), "tideline-fine-tune-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What the page is asked for in the first test. */
const SETTINGS: FineTuneSettings = { person: "pocket", part: "all", epochs: 12, provider: "cpu", seed: 5 };

describe.skipIf(chromiumPath() === undefined && !required)("fine-tuning in a browser", () => {
  const complaints: string[] = [];
  let population: FittedNet;
  let server: PageServer;
  let own: OwnBrowser;
  let page: Page;
  const text = (id: string) => page.locator(`#${id}`).textContent();
  const waitFor = (id: string, words: RegExp) =>
    expect.poll(() => text(id), { timeout: 30_000, interval: 20 }).toMatch(words);
  /** A file that the page offers, saved as a person would. */
  async function saved(id: string): Promise<Buffer> {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`#${id}`)]);
    return readFile(await download.path());
  }

  beforeAll(async () => {
    const starting = startBrowser(join(work, "profile"));
    population = await trainPopulation();
    await buildPage(join(work, "page"), population);
    server = await servePage(join(work, "page"), 0);
    own = await starting;
    page = own.page;
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    await page.goto(server.address);
  });
  afterAll(async () => {
    await own?.kill();
    await server?.close();
  });

  test("a person whom the model does not know is known after it learned, by the same steps as in Node", async () => {
    await waitFor("state", /^ready$/);
    await page.fill("#epochs", String(SETTINGS.epochs));
    await page.click("#start");
    await waitFor("state", /^learned in 36 steps$/);
    const report = JSON.parse((await saved("report")).toString()) as Report;
    expect(report.settings).toEqual(SETTINGS);
    expect(report.accuracyBefore).toBeLessThan(0.6);
    expect(report.accuracyAfter).toBeGreaterThan(0.9);
    expect(await text("after")).toBe(`${(100 * report.accuracyAfter).toFixed(0)} %`);
    expect(report.millisecondsPerStep).toBeGreaterThan(0);
    expect(report.losses).toHaveLength(36);

    // Rounding differs between the native library and WebAssembly, and each step lets the difference grow.
    for (const [runtime, epochs] of [
      [onnxruntimeNode, 2],
      [onnxruntimeWeb, 3],
    ] as const) {
      const there = await fineTune(runtime, population, { ...SETTINGS, epochs });
      expect(report.stepGraphSha256).toBe(await sha256(there.stepGraph));
      const off = there.losses.map((loss, at) => Math.abs(loss - report.losses[at]!) / loss);
      expect(off).toHaveLength(3 * epochs);
      expect(Math.max(...off)).toBeLessThan(1e-4);
    }

    // The file that was saved gives the page's answers in another runtime.
    const { heldOut } = windowsOfPerson(PEOPLE[SETTINGS.person].person, SETTINGS.seed);
    const file = await saved("onnx");
    const { accuracy, probabilities } = await judge(onnxruntimeNode, {}, file, heldOut);
    expect(accuracy).toBe(report.accuracyAfter);
    const off = probabilities.map((probability, at) => Math.abs(probability - report.probabilities[at]!));
    expect(Math.max(...off)).toBeLessThan(1e-5);
  });

  test("nobody is kept out by how it looks", async () => {
    await page.evaluate(axe.source);
    for (const [colorScheme, width] of [
      ["light", 1000],
      ["dark", 1000],
      ["dark", 360],
      ["light", 360],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBe(0);
    }
  });

  test("stops when it is told to, and keeps what there is", async () => {
    await page.fill("#epochs", "200");
    await page.check("#person input[value=arm]");
    await page.check("input[value=head]");
    await page.click("#start");
    await waitFor("steps", /^\d+ of 600/);
    await page.click("#stop");
    await waitFor("state", /^learned in \d+ steps$/);
    const { losses, accuracyAfter, settings } = JSON.parse((await saved("report")).toString()) as Report;
    expect(settings).toMatchObject({ person: "arm", part: "head", epochs: 200 });
    expect(losses.length).toBeLessThan(600);
    expect(losses.length % 3).toBe(0);
    expect(await text("after")).toBe(`${(100 * accuracyAfter).toFixed(0)} %`);
  });

  test("works without a network", async () => {
    await waitFor("offline", /without a network/);
    await expect.poll(() => page.isVisible("#offline")).toBe(true);
    await server.close();
    await page.reload();
    await waitFor("state", /^ready$/);
    await page.fill("#epochs", "2");
    await page.click("#start");
    await waitFor("state", /^learned in 6 steps$/);
    expect(complaints).toEqual([]);
  });

  test("can tell nobody", async () => {
    let heard = 0;
    const elsewhere = createServer((_, response) => {
      heard += 1;
      response.writeHead(200, { "access-control-allow-origin": "*" }).end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const place = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    await page.evaluate(async (url) => {
      navigator.sendBeacon(url, "motion");
      const image = new Image();
      image.src = url;
      await fetch(url, { mode: "no-cors", method: "POST", body: "motion" }).catch(() => undefined);
      await image.decode().catch(() => undefined);
    }, place);
    expect(heard).toBe(0);
    expect(complaints.join()).toContain("Content Security Policy");
    await fetch(place);
    expect(heard).toBe(1);
    elsewhere.close();
    elsewhere.closeAllConnections();
  });

  test("gives its address back to whoever answers there next", async () => {
    const next = createServer((_, response) => void response.end("<title>another program</title>"));
    await new Promise<void>((resolve) =>
      next.listen(Number(new URL(server.address).port), "127.0.0.1", resolve),
    );
    await page.reload();
    expect(await page.title()).toBe("another program");
    next.close();
    next.closeAllConnections();
  });

  test("cannot be started where its model does not come, and says so", async () => {
    const lacking = join(work, "lacking");
    cpSync(join(work, "page"), lacking, { recursive: true });
    rmSync(join(lacking, "population.bin"));
    const other = await servePage(lacking, 0);
    await page.goto(other.address);
    await waitFor("state", /^failed: reload/);
    expect(await text("error")).toContain("The model did not come: 404");
    expect(await page.isDisabled("#start")).toBe(true);
    await other.close();
  });
});

test("a step that trains the head alone has fewer nodes", () => {
  const options = { batch: 20, loss: crossEntropy(), optimiser: adam() };
  const [all, head] = [
    trainingStep(MOTION_NET, options),
    trainingStep(MOTION_NET, { ...options, trainable: isHead }),
  ];
  expect(head.model.graph.nodes.length).toBeLessThan(0.7 * all.model.graph.nodes.length);
  expect(head.trained.length).toBeLessThan(0.4 * all.trained.length);
  expect(writeOnnx(head.model).length).toBeLessThan(writeOnnx(all.model).length);
});

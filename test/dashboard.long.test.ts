import axe from "axe-core";
import Fastify, { type FastifyInstance } from "fastify";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildDashboard } from "../apps/dashboard/build.ts";
import { dashboardRoutes } from "../apps/dashboard/serve.ts";
import { exampleStatus, LAST_STEP } from "../apps/dashboard/testing/example-status.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../scripts/chromium.ts";

const executablePath = chromiumPath();
const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");

/** What the server says next: a status, some text instead of one, a status code, or nothing at all. */
type Answer = { json: unknown } | { text: string } | { code: number } | "silence";
let answer: Answer = { json: exampleStatus(0) };

let server: FastifyInstance;
let address: string;

beforeAll(async () => {
  server = Fastify({ forceCloseConnections: true });
  await server.register(dashboardRoutes(await buildDashboard()));
  server.get("/v1/status", (request, reply) => {
    if (answer === "silence") {
      request.raw.destroy();
      return reply.hijack();
    }
    if ("json" in answer) return reply.send(answer.json);
    if ("text" in answer) return reply.type("application/json").send(answer.text);
    return reply.code(answer.code).send({ error: "on purpose" });
  });
  address = await server.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(() => server?.close());

describe("the server of the page", () => {
  test("sends the page under a strict policy and its assets for ever", async () => {
    const page = await server.inject("/");
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["cache-control"]).toBe("no-cache");
    expect(page.headers["content-security-policy"]).toMatch(/default-src 'none'.*script-src 'self'/);
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
    const assets = [...page.body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]!);
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      const reply = await server.inject(asset);
      expect(reply.statusCode).toBe(200);
      expect(reply.headers["content-type"]).toMatch(/^text\/(javascript|css); charset=utf-8$/);
      expect(reply.headers["cache-control"]).toContain("immutable");
    }
  });

  test("compresses on request and answers a known tag with nothing", async () => {
    const plain = await server.inject("/");
    const packed = await server.inject({ url: "/", headers: { "accept-encoding": "gzip, br" } });
    expect(packed.headers["content-encoding"]).toBe("gzip");
    expect(packed.rawPayload.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    const again = await server.inject({
      url: "/",
      headers: { "if-none-match": String(plain.headers["etag"]) },
    });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  });

  test.each([
    "/../package.json",
    "/assets/../../package.json",
    "/%2e%2e/package.json",
    "/assets/..%2f..%2fbuild.ts",
    "/assets/",
    "//etc/passwd",
  ])("does not leave its folder for %s", async (url) => {
    expect((await server.inject(url)).statusCode).toBe(404);
  });
});

test.runIf(required)("a browser is there, since TIDELINE_REQUIRE names chromium", () => {
  expect(executablePath).toBeDefined();
});

describe.skipIf(executablePath === undefined)("the page in Chromium (skipped where there is none)", () => {
  let browser: Browser;
  let page: Page;
  /** What the browser complained about. */
  let complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_ARGS });
  });
  afterAll(() => browser?.close());
  afterEach(() => page?.close());

  async function open(first: Answer, scheme: "light" | "dark" = "light", width = 1280): Promise<Page> {
    answer = first;
    complaints = [];
    page = await browser.newPage({
      colorScheme: scheme,
      viewport: { width, height: 800 },
      reducedMotion: "reduce",
    });
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(address);
    return page;
  }
  const region = (name: string) => page.getByRole("region", { name, exact: true });
  const appears = (name: string, text: string | RegExp) => region(name).getByText(text).first().waitFor();
  const connection = (text: RegExp) => page.getByRole("status").filter({ hasText: text }).waitFor();

  test("before anything came in, it says what each stage and panel waits for", async () => {
    await open({ json: exampleStatus(0) });
    await connection(/^Live$/);
    expect(await region("The loop").getByRole("listitem").count()).toBe(8);
    await appears("The loop", "Late labels tell how well it works.");
    for (const name of ["Live accuracy", "Drift", "Arrivals", "Releases", "Runs", "Snapshots", "Report"]) {
      expect(await region(name).locator("p.nothing-yet").count(), name).toBe(1);
    }
    expect(complaints).toEqual([]);
  });

  test("it follows the loop without a reload, to the report", async () => {
    await open({ json: exampleStatus(20) });
    await appears("Live accuracy", "release 1");
    expect(await region("Live accuracy").getByText("drift begins").count()).toBe(0);
    expect(await region("Releases").getByRole("row").count()).toBe(2);

    answer = { json: exampleStatus(30) };
    await appears("Live accuracy", "drift begins");
    await appears("Live accuracy", "noticed");
    await appears("Drift", /^Drifted at .*: \d+\.\d.% of the features of 14 people/);
    await page
      .locator("[aria-live=polite]")
      .getByText(/retrain is running/)
      .waitFor({ state: "attached" });

    answer = { json: exampleStatus(LAST_STEP) };
    await appears("Events", "18,432 recorded on phones, and every one is accounted for.");
    await appears("Live accuracy", /58\.7.%/);
    await appears("Report", "118 by the endpoint, 23 by the rule");
    expect(await region("Releases").getByRole("rowheader").allTextContents()).toEqual([
      "Release 2",
      "Release 1",
    ]);
    expect(await region("Runs").getByRole("row").count()).toBe(3);
    expect(await region("Snapshots").getByRole("row").count()).toBe(4);
    expect(complaints).toEqual([]);
  });

  test("an account that does not close says so", async () => {
    const status = exampleStatus(LAST_STEP);
    const report = { ...status.report!, events: { ...status.report!.events, stored: 18_380 } };
    await open({ json: { ...status, report } });
    await appears("Events", "18,432 recorded on phones, but 2 are missing from the account.");
  });

  test("it keeps the last picture while the server fails, and comes back", async () => {
    await open({ json: exampleStatus(20) });
    await appears("Live accuracy", "release 1");
    const failures: readonly (readonly [Answer, RegExp])[] = [
      [{ code: 500 }, /Not connected, retrying: the server answered 500\. This picture is of/],
      [{ text: "{" }, /Not connected, retrying: the answer is not JSON/],
      [{ json: { format: 7 } }, /Not connected, retrying: the answer is no status/],
      ["silence", /Not connected, retrying: the server cannot be reached/],
    ];
    for (const [failure, sentence] of failures) {
      answer = failure;
      await connection(sentence);
      expect(await region("Live accuracy").getByText("release 1").first().isVisible()).toBe(true);
    }
    answer = { json: exampleStatus(30) };
    await connection(/^Live$/);
    await appears("Live accuracy", "drift begins");
  });

  test("it says that it is not connected when no status ever came, and starts when one does", async () => {
    await open({ code: 503 });
    await connection(/Not connected, retrying: the server answered 503\.$/);
    await page.getByText("The loop appears here as soon as the server answers.").waitFor();
    answer = { json: exampleStatus(10) };
    await appears("The loop", "running");
  });

  test.each([
    ["only a format", { format: 1 }],
    [
      "wrong types everywhere",
      { format: 1, stages: 5, ingest: [], runs: [null, 3], drift: "no", accuracy: [{}], now: 1e99 },
    ],
    [
      "a report of which little is left",
      { ...exampleStatus(LAST_STEP), report: { format: 1, events: null } },
    ],
  ])("it draws what it can of a malformed status: %s", async (_, json) => {
    await open({ json });
    await connection(/^Live$/);
    expect(await region("The loop").getByRole("listitem").count()).toBe(8);
    expect(await page.getByRole("region").count()).toBe(10);
    expect(complaints).toEqual([]);
  });

  test("a chart's numbers are a table that the keyboard opens", async () => {
    await open({ json: exampleStatus(LAST_STEP) });
    const chart = region("Live accuracy").getByRole("figure");
    const drawing = chart.getByRole("img", { name: /^Share of labelled/ });
    expect(await drawing.getAttribute("aria-label")).toMatch(/labelled predictions.*lowest/);
    expect(await drawing.locator("path.recharts-curve").count()).toBe(2);
    await chart.locator("summary").focus();
    await page.keyboard.press("Enter");
    await chart.getByRole("table").waitFor();
    expect(await chart.getByRole("row").count()).toBe(1 + exampleStatus(LAST_STEP).accuracy.length);
  });

  const views = [
    ["light", 1280, 0],
    ["light", 1280, LAST_STEP],
    ["light", 360, 30],
    ["dark", 1280, 30],
    ["dark", 800, LAST_STEP],
    ["dark", 360, LAST_STEP],
  ] as const;
  test.each(views)(
    "%s, %i pixels, step %i: accessible, and nothing scrolls sideways",
    async (scheme, width, step) => {
      await open({ json: exampleStatus(step) }, scheme, width);
      await connection(/^Live$/);
      // With the charts' tables open where they fit the step; they make the check slow.
      if (step === 30) {
        await page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })");
        await expect.poll(() => page.locator("figure table").count()).toBe(4);
      }
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
      expect(found).toEqual([]);
      const ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
      expect(ground).toBe(scheme === "light" ? "rgb(246, 247, 244)" : "rgb(12, 21, 24)");
      expect(complaints).toEqual([]);
    },
  );
});

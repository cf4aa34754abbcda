import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  checkFrame,
  checks,
  like,
  notMissing,
  oneOf,
  profileSource,
  range,
  referenceOf,
} from "@tideline/learn/check";
import { columnNamed, frameOf, sourceOf } from "@tideline/learn/frame";
import { labelPage } from "@tideline/spec/privacy";
import axe from "axe-core";
import { chromium, type Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_ARGS, chromiumPath } from "../../../../scripts/chromium.ts";
import { benchmarkPage } from "./benchmark-page.ts";
import { compressionPage } from "./compression-page.ts";
import { profilePage } from "./profile-page.ts";
import { benchmarkReports } from "./testing/benchmark-report.ts";
import { qualityPage } from "./quality-page.ts";
import { sampleReport, sampleSensitivities } from "./testing/sample-compression.ts";

const executablePath = chromiumPath();
const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");
const folder = mkdtempSync(join(tmpdir(), "tideline-page-"));
const HOSTILE = `"><script>document.title="obeyed"</script><img src=x onerror='document.title="obeyed"'>`;
let browser: Browser;

beforeAll(async () => {
  const n = 400;
  const of = <T>(make: (row: number) => T) => Array.from({ length: n }, (_, row) => make(row));
  const rows = frameOf({
    age: of((row) => (row % 9 ? (row * 37) % 90 : null)),
    twin: of((row) => (row % 9 ? -3 * ((row * 37) % 90) : null)),
    city: of((row) => ["Bonn", "Ulm", HOSTILE, "", "x".repeat(300)][row % 5]!),
    at: of((row) => new Date(1.7e12 + row * 86_400_000)),
    mail: of((row) => `p${row % 9}@mail.example`),
    none: of(() => null),
    big: of((row) => 9_007_199_254_740_000 + row),
    vast: of((row) => -(10 ** (row % 300))),
    [`${"long_name_".repeat(20)}${HOSTILE}`]: of((row) => row % 3 === 0),
    label: of((row) => (row * 37) % 90 > 60),
  });
  const profile = await profileSource(sourceOf(rows), { now: 0, label: "label" });
  writeFileSync(
    join(folder, "profile.html"),
    profilePage(profile, {
      what: HOSTILE,
      at: 0,
      reading: { rejected: 1, examples: [{ file: "a.csv", line: 7, reason: HOSTILE }] },
    }),
  );
  const city = referenceOf(columnNamed(rows, "city"));
  const set = checks({
    columns: {
      age: [range(0, 50, { severity: "quarantine" }), notMissing({ severity: "warn" })],
      city: [oneOf(["Bonn"]), like(city, { test: "psi", atMost: 0.1 })],
      [HOSTILE]: [notMissing()],
    },
  });
  const { report } = checkFrame(set, rows, { details: true });
  writeFileSync(join(folder, "quality.html"), qualityPage(report, { what: HOSTILE, at: 0 }));
  const left = [{ artifact: HOSTILE, bytes: null, reason: HOSTILE }];
  writeFileSync(
    join(folder, "benchmark.html"),
    benchmarkPage(benchmarkReports(HOSTILE), { what: HOSTILE, at: 0, left }),
  );
  writeFileSync(
    join(folder, "compression.html"),
    compressionPage(sampleReport(HOSTILE), {
      what: HOSTILE,
      at: 0,
      chosen: "int8",
      gate: 0.01,
      rows: 500,
      sensitivities: sampleSensitivities(HOSTILE),
    }),
  );
  if (executablePath !== undefined) browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(executablePath === undefined && !required)("in a browser", () => {
  const cases = ["profile", "quality", "benchmark", "compression"].flatMap((name) =>
    (["light", "dark"] as const).flatMap((scheme) =>
      [360, 1200].map((width) => [name, scheme, width] as const),
    ),
  );

  test.each(cases)(
    "%s in %s at %i px: nothing loaded, nothing run, nothing cut, legible to all",
    async (name, scheme, width) => {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: scheme,
        bypassCSP: false,
      });
      const page = await context.newPage();
      const said: string[] = [];
      const asked: string[] = [];
      page.on("console", (line) => said.push(line.text()));
      page.on("pageerror", (error) => said.push(error.message));
      page.on("request", (request) => asked.push(request.url()));
      const url = pathToFileURL(join(folder, `${name}.html`)).href;
      await page.goto(url);
      expect(asked).toEqual([url]);
      expect(said).toEqual([]);
      expect(await page.title()).toContain("<script>");
      expect(await page.locator("script, img, iframe, link, [style], [onerror]").count()).toBe(0);
      // The sheet is in force: its hash is that of the policy.
      expect(await page.evaluate("getComputedStyle(document.querySelector('.figures')).display")).toBe(
        "grid",
      );
      expect(
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
      ).toBe(0);
      // Nothing of a picture lies beyond its frame.
      const cut = await page.evaluate(`[...document.querySelectorAll("svg")].flatMap((svg) => {
      const frame = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].filter((text) => {
        const box = text.getBoundingClientRect();
        return box.width > 0 && (box.right > frame.right + 1.5 || box.left < frame.left - 1.5);
      }).map((text) => text.textContent);
    })`);
      expect(cut).toEqual([]);
      const met = await page.evaluate(`[...document.querySelectorAll("svg:not(.wide)")].flatMap((svg) => {
      const texts = [...svg.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
      return texts.flatMap(([a, one], at) => texts.slice(0, at).flatMap(([b, other]) =>
        one.left < other.right && other.left < one.right && one.top + 2 < other.bottom && other.top + 2 < one.bottom
          ? [a + " on " + b] : []));
    })`);
      expect(met).toEqual([]);
      for (const summary of await page.locator("summary").all())
        await summary.evaluate((one) => one.parentElement!.setAttribute("open", ""));
      const cdp = await context.newCDPSession(page);
      await cdp.send("Page.setBypassCSP", { enabled: true });
      await page.reload();
      await page.evaluate(`document.querySelectorAll("details").forEach((one) => (one.open = true))`);
      await page.evaluate(axe.source);
      const { violations } = (await page.evaluate(
        "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
      )) as axe.AxeResults;
      expect(
        violations.map(({ id, nodes }) => [
          id,
          nodes.slice(0, 3).map((node) => `${node.html.slice(0, 120)} ${node.failureSummary}`),
        ]),
      ).toEqual([]);
      // Marks of pictures are told from the ground: 3 to 1.
      const contrast = await page.evaluate(CONTRAST);
      for (const [what, ratio] of Object.entries(contrast as Record<string, number>))
        expect(ratio, what).toBeGreaterThanOrEqual(3);
      await context.close();
    },
  );

  test("prints on white whatever the scheme, with every card", async () => {
    const page = await browser.newPage({ colorScheme: "dark" });
    await page.goto(pathToFileURL(join(folder, "profile.html")).href);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(20_000);
    await page.close();
  });

  test.each([360, 1200])(
    "a privacy label at %i px breaks no word and is not wider than its page",
    async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 700 } });
      const columns = ["Record", "Kept", "Purpose", "Also used for", "Contains"];
      const rows = [
        ["annotation", "400 days", "improve_product", "-", "prediction_id, session, ".repeat(12)],
      ];
      const table = { columns, rows };
      await page.setContent(
        labelPage({ title: "Privacy", sections: [{ title: "Kept", text: "A while.", table }] }),
      );
      const broken = await page.evaluate(`[...document.querySelectorAll("th, td")].flatMap((cell) => {
      const text = cell.firstChild;
      return [...text.data.matchAll(/\\S+/g)].filter((word) => {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
      }).map((word) => word[0]);
    })`);
      expect(broken).toEqual([]);
      expect(
        await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
      ).toBe(0);
      await page.close();
    },
  );

  test("links and scrolling parts are reached by the keyboard, the first leads to the report", async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 700 } });
    await page.goto(pathToFileURL(join(folder, "quality.html")).href);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the report");
    await page.keyboard.press("Enter");
    // The browser goes to a part of a page in its own time; the page's policy lets no function of its own wait for that.
    await expect.poll(() => page.evaluate("document.activeElement.id")).toBe("main");
    await page.locator(".scroll").first().focus();
    const place = () => page.evaluate<number>("document.querySelector('.scroll').scrollLeft");
    const before = await place();
    for (let at = 0; at < 5; at++) await page.keyboard.press("ArrowRight");
    await expect.poll(place).toBeGreaterThan(before);
    await page.close();
  });
});

test("five hundred columns make a page of a few megabytes", async () => {
  const columns = Object.fromEntries(
    Array.from({ length: 500 }, (_, at) => [
      `c${at}`,
      Float64Array.from({ length: 2000 }, (_one, row) => ((row * (at + 7)) % 211) / 3),
    ]),
  );
  const profile = await profileSource(sourceOf(frameOf(columns)), { now: 0 });
  expect(profilePage(profile, { what: "wide", at: 0 }).length).toBeLessThan(5e6);
});

const CONTRAST = `(() => {
  const level = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => Number(part) / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = level(getComputedStyle(document.body).backgroundColor);
  const out = {};
  for (const [name, property] of [["mark", "fill"], ["other", "stroke"], ["up", "fill"], ["down", "fill"], ["fail", "fill"], ["hold", "fill"], ["axis", "stroke"]])
    for (const one of document.querySelectorAll("svg ." + name)) {
      const own = level(getComputedStyle(one)[property]);
      out[name] = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
      break;
    }
  return out;
})()`;

/**
 * Takes a picture of a live page in a real browser:
 *
 *     node scripts/screenshot.ts URL OUT.png [--dark] [--width N] [--height N] [--full]
 *
 * Waits until the page has drawn a status. Exits 64 for a wrong call, 69 where there is no browser or no page.
 */
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.ts";

const USAGE = "usage: node scripts/screenshot.ts URL OUT.png [--dark] [--width N] [--height N] [--full]";

function fail(sentence: string, status: number): never {
  process.stderr.write(`screenshot: ${sentence}\n`);
  process.exit(status);
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        dark: { type: "boolean", default: false },
        width: { type: "string", default: "1280" },
        height: { type: "string", default: "900" },
        full: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, 64);
  }
}

const { values, positionals } = parse();
const [url, out] = positionals;
const [width, height] = [Number(values.width), Number(values.height)];
if (url === undefined || out === undefined || positionals.length > 2) fail(USAGE, 64);
if (!URL.canParse(url)) fail(`URL: expected an address such as http://127.0.0.1:4600, received ${url}`, 64);
if (!(width >= 200 && height >= 200)) fail("--width and --height: expected pixels, at least 200", 64);
const executablePath = chromiumPath();
if (executablePath === undefined) fail("no Chromium found; install one or set CHROMIUM_PATH", 69);

const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
try {
  const page = await browser.newPage({
    viewport: { width, height },
    deviceScaleFactor: 2,
    colorScheme: values.dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  await page.goto(url, { waitUntil: "load" });
  await page.getByRole("heading", { name: "The loop" }).waitFor({ timeout: 20_000 });
  // Charts are sized after the first frame.
  await page.waitForTimeout(500);
  await page.screenshot({ path: out, fullPage: values.full });
} catch (error) {
  process.stderr.write(`screenshot: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 69;
} finally {
  await browser.close();
}

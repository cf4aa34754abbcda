import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { scanFolder } from "../../packages/pipeline/src/subject/testing/scan-folder.ts";
import { chromiumPath } from "../../scripts/chromium.ts";
import { serveCanaries, type ServeProcess } from "../subject/serve-process.ts";
import { startBrowser, type OwnBrowser } from "./browser.ts";
import type { PersonPage } from "./person-page.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("chromium");
const skipped = chromiumPath() === undefined && !required;
const work = mkdtempSync(join(tmpdir(), "tideline-leave-"));
const folder = join(work, "folder");

describe.skipIf(skipped)("a person with several pages of one app", { timeout: 120_000 }, () => {
  let server: ServeProcess;
  let address: string;
  /** For persons whose browser lives: each has a context, as if it were a browser of its own. */
  let lasting: OwnBrowser;
  let own: OwnBrowser | undefined;
  let person: BrowserContext;
  const site = createServer((request, response) => {
    const isScript = request.url === "/person.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(
      isScript
        ? readFileSync(join(work, "person.js"))
        : '<!doctype html><link rel="icon" href="data:," /><script type="module" src="person.js"></script>',
    );
  });

  beforeAll(async () => {
    const built = build({
      entryPoints: [join(import.meta.dirname, "person-page.ts")],
      outfile: join(work, "person.js"),
      bundle: true,
      format: "esm",
      target: "es2022",
      logLevel: "warning",
    });
    const serving = serveCanaries(folder, work);
    lasting = await startBrowser(join(work, "lasting"));
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    address = `http://localhost:${(site.address() as AddressInfo).port}`;
    server = await serving;
    await built;
  }, 60_000);
  afterEach(async () => {
    await own?.kill();
    own = undefined;
  });
  afterAll(async () => {
    await lasting?.kill();
    site.close();
    site.closeAllConnections();
    await server?.stop();
    rmSync(work, { recursive: true, force: true });
  });

  const begin = async (): Promise<void> => {
    person = await lasting.browser.newContext();
  };
  /** A browser of its own, on a profile that stays when it is killed. */
  const start = async (profile: string): Promise<OwnBrowser> => {
    own = await startBrowser(join(work, profile));
    person = own.browser.contexts()[0]!;
    return own;
  };
  /** A page with its client open. */
  async function open(options: { readonly deaf?: boolean } = {}): Promise<Page> {
    const page = await person.newPage();
    // A page that hears nothing of the others: what is looked at before each sending is its only net.
    if (options.deaf) {
      await page.addInitScript(() => {
        globalThis.BroadcastChannel = class extends EventTarget {
          postMessage() {}
          close() {}
        } as never;
      });
    }
    await page.goto(address);
    await page.waitForFunction(() => "person" in globalThis);
    const { collect, console, writeKey } = server;
    await page.evaluate(([given]) => (globalThis as unknown as { person: PersonPage }).person.open(given), [
      { collect, console, writeKey },
    ] as const);
    return page;
  }
  const note = (page: Page, text: string): Promise<boolean> =>
    page.evaluate((given) => (globalThis as unknown as { person: PersonPage }).person.note(given), text);
  const flush = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as { person: PersonPage }).person.client().flush());
  const consent = (page: Page, purposes: readonly string[]): Promise<void> =>
    page.evaluate(
      (given) => (globalThis as unknown as { person: PersonPage }).person.client().setConsent(given),
      purposes,
    );
  const diagnostics = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as { person: PersonPage }).person.client().diagnostics());
  const scan = (page: Page, needle: string): Promise<readonly string[]> =>
    page.evaluate((given) => (globalThis as unknown as { person: PersonPage }).person.scan(given), needle);
  const databases = (page: Page): Promise<readonly string[]> =>
    page.evaluate(() => (globalThis as unknown as { person: PersonPage }).person.databases());
  const cutOff = (page: Page): Promise<unknown> => page.route("**/v1/**", (route) => route.abort());
  /** Closes a page and waits until the browser has ended it, which lets its slot go. */
  async function leave(page: Page, beside: Page): Promise<void> {
    const locks = () =>
      beside.evaluate(
        async () =>
          (await navigator.locks.query()).held!.filter(({ name }) => name!.startsWith("tideline-")).length,
      );
    const before = await locks();
    await page.close();
    await expect.poll(locks, { timeout: 20_000, interval: 20 }).toBe(before - 1);
  }

  test("what is withdrawn in one page is withdrawn in all, at once, and in what closed ones left", async () => {
    await begin();
    const first = await open();
    await consent(first, ["research"]);
    const second = await open();
    const deaf = await open({ deaf: true });
    const closed = await open();
    for (const page of [second, deaf, closed]) await cutOff(page);
    expect((await diagnostics(second)).consent).toEqual(["research"]);
    expect(await note(second, "said-second")).toBe(true);
    expect(await note(deaf, "said-deaf")).toBe(true);
    expect(await note(closed, "said-closed")).toBe(true);
    await leave(closed, first);
    expect(await scan(first, "said-")).toHaveLength(3);

    await consent(first, []);
    expect(await scan(first, "said-closed")).toEqual([]);
    await expect.poll(async () => (await diagnostics(second)).consent).toEqual([]);
    await expect.poll(() => scan(first, "said-second"), { timeout: 5000 }).toEqual([]);
    expect(await note(second, "said-late")).toBe(false);
    // The page that heard nothing still sends nothing.
    await deaf.unroute("**/v1/**");
    expect(await flush(deaf)).toMatchObject({ acknowledged: 0, pending: 0 });
    expect((await diagnostics(deaf)).consent).toEqual([]);
    expect(await scan(first, "said-deaf")).toEqual([]);
    expect(await scanFolder(folder, { canary: "said-deaf" })).toEqual([]);

    // A grant holds for all of them, too, and the page is told so that it shows it.
    await consent(second, ["research", "analytics"]);
    await expect.poll(async () => (await diagnostics(first)).consent).toEqual(["analytics", "research"]);
    expect(
      await first.evaluate(() => (globalThis as unknown as { person: PersonPage }).person.followed()),
    ).toBe(1);
    await person.close();
  });

  test("what closed pages left is sent as far as the person still consents", async () => {
    await begin();
    const first = await open();
    await consent(first, ["research"]);
    const closed = await open();
    await cutOff(closed);
    await note(closed, "said-abandoned");
    await leave(closed, first);
    const sent = await first.evaluate(() =>
      (globalThis as unknown as { person: PersonPage }).person.sendAbandoned(),
    );
    expect(sent).toMatchObject({ slots: 1, pending: 0, acknowledged: 1 });
    expect(await scan(first, "said-abandoned")).toEqual([]);
    await person.close();
  });

  test("who leaves in one page leaves in all of them, and their copy has what all of them sent", async () => {
    await begin();
    const first = await open();
    await consent(first, ["research"]);
    const [second, sent, unsent] = [await open(), await open(), await open()];
    for (const [index, page] of [first, second, sent].entries()) {
      await note(page, `said-gone-${index}`);
      expect(await flush(page)).toMatchObject({ pending: 0 });
    }
    await cutOff(unsent);
    await note(unsent, "said-gone-3");
    await note(second, "said-gone-4");
    await leave(unsent, first);
    await leave(sent, first);
    expect((await scan(first, "said-gone")).length).toBeGreaterThan(1);
    const installs = await Promise.all(
      [first, second].map(async (page) => (await diagnostics(page)).install),
    );

    const copy = async () => {
      const request = await first.evaluate(() =>
        (globalThis as unknown as { person: PersonPage }).person.client().exportMe(),
      );
      return [request, ...request.others];
    };
    // Of the page that never sent anything the server holds nothing.
    const states = async () => (await copy()).map(({ state }) => state).sort();
    await expect.poll(states, { timeout: 60_000, interval: 250 }).toEqual(["done", "done", "done", "failed"]);
    const parts = (await copy()).filter(({ state }) => state === "done");
    let texts = "";
    // The server sends two at once.
    for (const { url, headers } of parts) texts += await (await fetch(`${url}/export`, { headers })).text();
    for (const index of [0, 1, 2]) expect(texts).toContain(`said-gone-${index}`);

    const erasure = await first.evaluate(() =>
      (globalThis as unknown as { person: PersonPage }).person.client().eraseMe(),
    );
    expect(erasure.asleep).toEqual([]);
    expect([erasure, ...erasure.others].map(({ install }) => install)).toEqual(
      expect.arrayContaining([...installs]),
    );
    expect(erasure.others).toHaveLength(3);
    expect(await scan(first, "said-")).toEqual([]);
    expect((await diagnostics(second)).install).not.toBe(installs[1]);
    // What closed pages had goes altogether, once the server has done its part.
    const left = async () => {
      for (const page of [first, second]) if (!page.isClosed()) await flush(page);
      return databases(first);
    };
    await expect
      .poll(left, { timeout: 60_000, interval: 100 })
      .toEqual([
        "secure-tideline-canary-0",
        "secure-tideline-canary-1",
        "shared-tideline-canary",
        "tideline-canary-0",
        "tideline-canary-1",
      ]);
    const erasures = async () => {
      const all = await Promise.all(
        [first, second].map(async (page) => {
          await flush(page);
          return (await diagnostics(page)).requests.map(({ state }) => state);
        }),
      );
      return all.flat();
    };
    await expect.poll(erasures, { timeout: 60_000, interval: 100 }).toEqual(["done", "done"]);
    // What opens the server's records of an install goes once nothing is to be asked of them.
    for (const { headers } of [erasure, ...erasure.others]) {
      expect(headers["x-tideline-secret"]).toMatch(/^[0-9a-f]{64}$/);
      expect(await scan(first, headers["x-tideline-secret"]!)).toEqual([]);
    }
    expect(await scanFolder(folder, { canary: "said-gone" })).toEqual([]);
    // A page that stayed open goes on as a new install, which outlives the page: it must stay to be erased, too.
    await note(second, "said-again");
    expect(await flush(second)).toMatchObject({ acknowledged: 1, pending: 0 });
    const anew = (await diagnostics(second)).install;
    await leave(second, first);
    await flush(first);
    expect(await databases(first)).toContain("tideline-canary-1");
    expect(await scan(first, anew)).not.toEqual([]);
    const later = await first.evaluate(() =>
      (globalThis as unknown as { person: PersonPage }).person.client().eraseMe(),
    );
    expect(later.others.map(({ install }) => install)).toEqual([anew]);
    await expect
      .poll(left, { timeout: 60_000, interval: 100 })
      .toEqual(["secure-tideline-canary-0", "shared-tideline-canary", "tideline-canary-0"]);
    expect(await scan(first, anew)).toEqual([]);
    expect(await scanFolder(folder, { canary: "said-again" })).toEqual([]);
    // An id that says nothing any more stays beside what was asked of the server.
    for (const install of installs) {
      expect((await scan(first, install)).filter((place) => !place.startsWith("secure-"))).toEqual([]);
    }
    await person.close();
  });

  test("an erasure that is interrupted goes on with the next page", async () => {
    const { kill } = await start("interrupted");
    const first = await open();
    await consent(first, ["research"]);
    const [second, closed] = [await open(), await open()];
    for (const page of [first, second, closed]) {
      await note(page, "said-interrupted");
      await flush(page);
      await cutOff(page);
      await note(page, "said-interrupted");
    }
    await leave(closed, first);
    expect((await scan(first, "said-interrupted")).length).toBeGreaterThan(2);
    // The first page dies while it asks the server, the second before it hears of anything.
    await second.evaluate(() => void (globalThis.BroadcastChannel.prototype.postMessage = () => {}));
    await first.unroute("**/v1/**");
    const asked = Promise.withResolvers<void>();
    await first.route("**/v1/subject/**", () => asked.resolve());
    void first
      .evaluate(() => (globalThis as unknown as { person: PersonPage }).person.client().eraseMe())
      .catch(() => undefined);
    await asked.promise;
    await kill();

    await start("interrupted");
    const next = await open();
    await expect.poll(() => scan(next, "said-interrupted"), { timeout: 30_000 }).toEqual([]);
    const rest = async () => {
      await flush(next);
      return databases(next);
    };
    await expect
      .poll(rest, { timeout: 60_000, interval: 100 })
      .toEqual(["secure-tideline-canary-0", "shared-tideline-canary", "tideline-canary-0"]);
    const requests = async () => {
      await flush(next);
      return new Set((await diagnostics(next)).requests.map(({ state }) => state));
    };
    // Of what the killed page began, and of the empty install that it began after it.
    await expect.poll(requests, { timeout: 60_000, interval: 100 }).toEqual(new Set(["done"]));
    expect(await scanFolder(folder, { canary: "said-interrupted" })).toEqual([]);
  });

  test("a page that is opened again and again holds no more than before", async () => {
    await begin();
    const page = await person.newPage();
    await page.goto(address);
    await page.waitForFunction(() => "person" in globalThis);
    const { collect, console, writeKey } = server;
    const sizes = await page.evaluate(
      ([given]) => (globalThis as unknown as { person: PersonPage }).person.reopen(given, 30),
      [{ collect, console, writeKey }] as const,
    );
    // Numbers get a digit now and then.
    expect(Math.max(...sizes) - sizes[1]!).toBeLessThan(64);
    await person.close();
  });
});

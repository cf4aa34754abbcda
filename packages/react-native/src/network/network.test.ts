import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Network, NetworkRequest } from "@tideline/device";
import { CHROMIUM_ARGS, chromiumPath } from "../../../../scripts/chromium.ts";
import { fetchNetwork, type FetchFunction } from "./fetch-network.ts";

/** An answer as a page can hand it out. */
type Told =
  | { readonly status: number; readonly body: string; readonly header: string }
  | { readonly code: string };

type Ask = (
  path: string,
  options?: Partial<Omit<NetworkRequest, "body">> & { body?: string },
) => Promise<Told>;

let server: Server;
let base: string;
const seen: string[] = [];
/** Bytes of endless answers that the server got rid of. */
let poured = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*");
    response.setHeader("access-control-expose-headers", "*");
    if (request.method === "OPTIONS") return void response.end();
    const { cookie, authorization } = request.headers;
    seen.push(
      `${request.method} ${request.url} ${Buffer.concat(parts).toString("hex")} ${authorization} ${cookie}`,
    );
    if (request.url === "/silent") return;
    if (request.url === "/endless") {
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) poured += 65_536;
      };
      response.on("drain", pour);
      return pour();
    }
    if (request.url === "/stalls") return void response.write("some");
    response.setHeader("X-Answer", "yes");
    response.statusCode = request.url === "/teapot" ? 418 : 200;
    response.end(Buffer.alloc(100, 7));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const wanted = (path: string, { body, ...options }: Parameters<Ask>[1] = {}): NetworkRequest => ({
  method: "GET",
  url: path.startsWith("http") ? path : base + path,
  headers: {},
  timeoutMs: 5000,
  maxBytes: 100,
  ...(body === undefined ? {} : { body: Uint8Array.from(Buffer.from(body, "hex")) }),
  ...options,
});

const tell = async (network: Network, request: NetworkRequest): Promise<Told> => {
  try {
    const { status, headers, body } = await network.request(request);
    return { status, header: headers["x-answer"] ?? "", body: Buffer.from(body).toString("hex") };
  } catch (error) {
    return { code: (error as { code: string }).code };
  }
};

/** What every network must do. */
function checks(ask: Ask): void {
  test("answers come whole with any status, and headers by lower-case name; no cookie goes out", async () => {
    const answer = await ask("/teapot", {
      method: "POST",
      body: "00ff61",
      headers: { authorization: "Basic a2V5Og==" },
    });
    expect(answer).toEqual({ status: 418, header: "yes", body: "07".repeat(100) });
    expect(seen.at(-1)).toBe("POST /teapot 00ff61 Basic a2V5Og== undefined");
  });

  test("too long an answer is refused by its length, and one without end is not read to its end", async () => {
    expect(await ask("/", { maxBytes: 99 })).toEqual({ code: "DATA_MALFORMED" });
    poured = 0;
    expect(await ask("/endless", { maxBytes: 200_000 })).toEqual({ code: "DATA_MALFORMED" });
    const then = poured;
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What stands in the buffers of sockets may still go.
    expect(poured - then).toBeLessThan(16 << 20);
  });

  test("no answer in time, one that stalls, and no server", async () => {
    const timeoutMs = 150;
    expect(await ask("/silent", { timeoutMs })).toEqual({ code: "UNAVAILABLE" });
    expect(await ask("/stalls", { timeoutMs })).toEqual({ code: "UNAVAILABLE" });
    expect(await ask("http://127.0.0.1:1/")).toEqual({ code: "UNAVAILABLE" });
  });
}

describe("by fetch, whose answers are read in parts", () => {
  const network = fetchNetwork(fetch as unknown as FetchFunction);
  checks((path, options) => tell(network, wanted(path, options)));
});

describe("by a fetch without bodies, as React Native's own", () => {
  const bare: FetchFunction = async (url, options) => {
    const response = await fetch(url, options as RequestInit);
    const { status, headers } = response;
    return { status, headers, arrayBuffer: () => response.arrayBuffer() };
  };
  test("too long an answer is refused after it came", async () => {
    const network = fetchNetwork(bare);
    expect(await tell(network, wanted("/"))).toMatchObject({ status: 200 });
    expect(await tell(network, wanted("/", { maxBytes: 99 }))).toEqual({ code: "DATA_MALFORMED" });
  });
});

const executablePath = chromiumPath();

describe.skipIf(executablePath === undefined)(
  "by XMLHttpRequest, in Chromium (skipped where there is none)",
  () => {
    let browser: Browser;
    let page: Page;
    let pages: Server;
    beforeAll(async () => {
      const { outputFiles } = await build({
        stdin: {
          contents: `import { xhrNetwork } from "./xhr-network.ts";
          globalThis.ask = async (request, body) => {
            const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
            try {
              const more = body === undefined ? {} : { body: Uint8Array.from(body) };
              const { status, headers, body: answer } = await xhrNetwork().request({ ...request, ...more });
              return { status, header: headers["x-answer"] ?? "", body: hex(answer) };
            } catch (error) {
              return { code: error.code };
            }
          };`,
          resolveDir: join(import.meta.dirname),
          loader: "js",
        },
        bundle: true,
        write: false,
        format: "iife",
      });
      browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_ARGS });
      page = await browser.newPage();
      // The same host at another port: another origin, to which cookies go where credentials are asked for.
      pages = createServer((_, response) => {
        response.setHeader("content-type", "text/html");
        response.end("<title>page</title>");
      });
      await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
      await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
      await page.evaluate("document.cookie = 'canary=1'");
      await page.addScriptTag({ content: outputFiles[0]!.text });
    });
    afterAll(async () => {
      await browser?.close();
      pages?.close();
    });

    checks(async (path, options) => {
      const { body, ...request } = wanted(path, options);
      const call = `ask(${JSON.stringify(request)}, ${JSON.stringify(body === undefined ? undefined : [...body])})`;
      return (await page.evaluate(call)) as Told;
    });
  },
);

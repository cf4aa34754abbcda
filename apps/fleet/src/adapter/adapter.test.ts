import { createServer, type Server } from "node:http";
import { generateKeyPairSync, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assert, double, integer, property } from "fast-check";
import type { NetworkRequest } from "@tideline/device";
import { seededRandom } from "../random.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { nodeNetwork } from "./node-network.ts";
import { sharedTime, skewedClock, skewedTime } from "./skewed-clock.ts";
import { isOut, unreliableNetwork, type Unreliability } from "./unreliable-network.ts";
import { brokenRuntime, wasmRuntime } from "./wasm-runtime.ts";

const GOOD: Unreliability = { outage: null, loseAnswer: 0, sendTwice: 0 };

describe("over a real server", () => {
  let server: Server;
  let base: string;
  let seen: string[] = [];
  const network = nodeNetwork();
  beforeAll(async () => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        seen.push(`${request.method} ${request.url} ${Buffer.concat(parts).toString()}`);
        if (request.url === "/slow") return;
        response.setHeader("X-Answer", "yes");
        response.statusCode = request.url === "/teapot" ? 418 : 200;
        response.end("x".repeat(100));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => {
    network.close();
    server.closeAllConnections();
    server.close();
  });
  const ask = (path: string, options: Partial<NetworkRequest> = {}): NetworkRequest => ({
    method: "GET",
    url: base + path,
    headers: {},
    timeoutMs: 5000,
    maxBytes: 100,
    ...options,
  });

  it("answers come whole, with any status, headers in lower case", async () => {
    const answer = await network.request(
      ask("/teapot", { method: "POST", body: new Uint8Array([104, 105]) }),
    );
    expect(seen.at(-1)).toBe("POST /teapot hi");
    expect([answer.status, answer.body.length, answer.headers["x-answer"]]).toEqual([418, 100, "yes"]);
  });

  it("too long an answer, no answer in time and no server reject", async () => {
    await expect(network.request(ask("/", { maxBytes: 99 }))).rejects.toThrow(
      /at most 99 bytes.*DATA_MALFORMED/,
    );
    await expect(network.request(ask("/slow", { timeoutMs: 30 }))).rejects.toThrow();
    await expect(network.request(ask("/", { url: "http://127.0.0.1:1/" }))).rejects.toThrow(/ECONNREFUSED/);
  });

  it("a lost answer reaches the server first, a repeated batch reaches it twice, an outage never", async () => {
    const batch = ask("/v1/batch", { method: "POST", body: new Uint8Array([49]) });
    const around = (change: Partial<Unreliability>) => ({
      clock: () => 0,
      random: seededRandom(1, "test"),
      bad: { ...GOOD, ...change },
    });
    const via = (change: Partial<Unreliability>) => {
      const { bad, ...rest } = around(change);
      return unreliableNetwork(network, bad, rest);
    };
    seen = [];
    await expect(via({ loseAnswer: 1 }).request(batch)).rejects.toThrow(/before the answer/);
    expect(seen).toHaveLength(1);
    expect((await via({ sendTwice: 1 }).request(batch)).status).toBe(200);
    expect(seen).toHaveLength(3);
    const out = via({ outage: { every: 100, lasts: 10, offset: 0 }, sendTwice: 1 });
    await expect(out.request(batch)).rejects.toThrow(/outage/);
    await expect(out.request(ask("/"))).rejects.toThrow(/outage/);
    expect(seen).toHaveLength(3);
    expect((await via({ loseAnswer: 1 }).request(ask("/"))).status).toBe(200);
  });
});

describe("clocks", () => {
  it("outages come back and end", () => {
    const bad = { ...GOOD, outage: { every: 100, lasts: 10, offset: 5 } };
    const out = Array.from({ length: 300 }, (_, now) => now).filter((now) => isOut(bad, now));
    expect(out).toHaveLength(30);
    expect([out[0], out[9], out[10]]).toEqual([5, 14, 105]);
  });

  it("a skewed clock is ahead by its offset and drifts, and can be read back", () => {
    const skew = { offset: 3_600_000, drift: 0.01, origin: 1_000_000 };
    expect(skewedClock(skew, () => 1_000_000)()).toBe(4_600_000);
    expect(skewedClock(skew, () => 2_000_000)()).toBe(5_610_000);
    assert(
      property(
        integer({ min: -1e8, max: 1e8 }),
        double({ min: -0.1, max: 0.1, noNaN: true }),
        integer({ min: 0, max: 1e9 }),
        (offset, drift, since) => {
          const some = { offset, drift, origin: 1_700_000_000_000 };
          const time = some.origin + since;
          expect(Math.abs(sharedTime(some, skewedTime(some, time)) - time)).toBeLessThanOrEqual(2);
        },
      ),
    );
  });
});

describe("crypto", () => {
  it("verifies an Ed25519 signature by raw key, and nothing that was changed", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const message = nodeCrypto.text.encode("release 7");
    const signature = sign(null, message, privateKey);
    expect(await nodeCrypto.verify(raw, message, signature)).toBe(true);
    expect(await nodeCrypto.verify(raw, nodeCrypto.text.encode("release 8"), signature)).toBe(false);
    expect(await nodeCrypto.verify(raw.subarray(1), message, signature)).toBe(false);
  });

  it("digests by SHA-256 and refuses malformed UTF-8", async () => {
    const digest = await nodeCrypto.digest(nodeCrypto.text.encode("abc"));
    expect(Buffer.from(digest).toString("hex")).toMatch(/^ba7816bf8f01cfea/);
    expect(() => nodeCrypto.text.decode(new Uint8Array([0xff]))).toThrow();
    expect(nodeCrypto.text.decode(nodeCrypto.text.encode("\uFEFFä"))).toBe("\uFEFFä");
  });

  it("the runtime's version is that of the library", async () => {
    const { env } = await import("onnxruntime-web");
    expect(env.versions.web).toBe(wasmRuntime.version);
  });

  it("a broken runtime says so by code", async () => {
    await expect(brokenRuntime.load(new Uint8Array(0), { input: "a", output: "b" })).rejects.toMatchObject({
      code: "RUNTIME_UNSUPPORTED",
    });
  });
});

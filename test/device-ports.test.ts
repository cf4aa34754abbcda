import { createServer, type Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { graphBuilder, writeOnnx } from "@tideline/graph";
import type { DevicePorts } from "@tideline/device";
import {
  answerEcho,
  createMemoryPorts,
  createMemorySecure,
  createMemoryStorage,
  describeSelfTest,
  DIGEST_CHECKS,
  GZIP_CHECKS,
  NETWORK_CHECKS,
  RANDOM_CHECKS,
  RUNTIME_CHECKS,
  runSelfTest,
  SECURE_CHECKS,
  TEXT_CHECKS,
  TIME_CHECKS,
  VERIFY_CHECKS,
  type NetworkFactory,
  type PortCheck,
  type RuntimeFactory,
  type SecureFactory,
} from "@tideline/device/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeCrypto } from "../apps/fleet/src/adapter/node-crypto.ts";
import { nodeNetwork } from "../apps/fleet/src/adapter/node-network.ts";
import { secureFile } from "../apps/fleet/src/adapter/secure-file.ts";
import { wasmRuntime } from "../apps/fleet/src/adapter/wasm-runtime.ts";

const time = {
  clock: Date.now,
  monotonic: () => performance.now(),
  timer: { wait: (ms: number) => wait(ms) },
};
const network = nodeNetwork();
let server: Server;
let echo: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method, url, headers } = request as {
        method: "GET";
        url: string;
        headers: Record<string, string>;
      };
      const answer = answerEcho({ method, url, headers, body: Buffer.concat(parts) }, nodeCrypto.text);
      if (answer !== undefined) response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  echo = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  network.close();
  server.closeAllConnections();
  server.close();
});

const onNetwork = (changes: Partial<NetworkFactory["network"]> = {}): NetworkFactory => ({
  network: { ...network, ...changes },
  echo,
  text: nodeCrypto.text,
});

/** Softmax of the means of two channels over four samples. */
function model(): RuntimeFactory {
  const g = graphBuilder("means");
  const window = g.input("window", "float32", ["N", 4, 2]);
  const means = g.op("ReduceMean", [window, g.ints([1])], { keepdims: 0 });
  g.output("probabilities", g.op("Softmax", [means], { axis: 1 }));
  const softmax = (difference: number): number[] => [
    1 / (1 + Math.exp(difference)),
    1 / (1 + Math.exp(-difference)),
  ];
  return {
    runtime: wasmRuntime,
    model: writeOnnx(g.build()),
    names: { input: "window", output: "probabilities" },
    dims: [1, 4, 2],
    cases: [
      { input: [0, 1, 0, 1, 0, 1, 0, 1], output: softmax(1) },
      { input: [2, 0, 2, 0, 0, 0, 0, 0], output: softmax(-1) },
    ],
    tolerance: 1e-6,
  };
}

const inMemory = (): SecureFactory => ({
  create: async () => {
    const values = new Map<string, Uint8Array>();
    return { secure: createMemorySecure(values), reopen: async () => createMemorySecure(values) };
  },
});

describe("what this machine's adapters promise they keep", () => {
  describe("time", () => void test.each(TIME_CHECKS)("$name", ({ run }) => run(time)));
  describe("random", () => void test.each(RANDOM_CHECKS)("$name", ({ run }) => run(nodeCrypto.random)));
  describe("text", () => void test.each(TEXT_CHECKS)("$name", ({ run }) => run(nodeCrypto.text)));
  describe("digest", () => void test.each(DIGEST_CHECKS)("$name", ({ run }) => run(nodeCrypto.digest)));
  describe("verify", () => void test.each(VERIFY_CHECKS)("$name", ({ run }) => run(nodeCrypto.verify)));
  describe("gzip", () => void test.each(GZIP_CHECKS)("$name", ({ run }) => run(nodeCrypto.gzip)));
  describe("network", () => void test.each(NETWORK_CHECKS)("$name", ({ run }) => run(onNetwork())));
  describe("secure, in memory", () => void test.each(SECURE_CHECKS)("$name", ({ run }) => run(inMemory())));
  describe("secure, in files", () => {
    const factory: SecureFactory = {
      create: async () => {
        const { files, ...storage } = createMemoryStorage();
        return { secure: secureFile(storage), reopen: async () => secureFile(createMemoryStorage(files)) };
      },
    };
    test.each(SECURE_CHECKS)("$name", ({ run }) => run(factory));
  });
  describe("runtime", () => void test.each(RUNTIME_CHECKS)("$name", ({ run }) => run(model())));
});

test.each([1, 6, 9])("the suite reads gzip of level %i", async (level) => {
  for (const { run } of GZIP_CHECKS) await run(async (bytes) => new Uint8Array(gzipSync(bytes, { level })));
});

/** How many checks a port fails. */
async function failures<Factory>(checks: readonly PortCheck<Factory>[], factory: Factory): Promise<number> {
  const results = [];
  for (const { run } of checks)
    results.push(
      await run(factory).then(
        () => true,
        () => false,
      ),
    );
  return results.filter((passed) => !passed).length;
}

describe("a broken port is noticed", () => {
  const { text, digest, verify, gzip, random } = nodeCrypto;
  const cases: readonly (readonly [what: string, run: () => Promise<number>])[] = [
    ["a clock of seconds", () => failures(TIME_CHECKS, { ...time, clock: () => Date.now() / 1000 })],
    [
      "a monotonic clock that goes back",
      () => failures(TIME_CHECKS, { ...time, monotonic: () => Math.random() * 100 }),
    ],
    ["a timer that does not wait", () => failures(TIME_CHECKS, { ...time, timer: { wait: async () => {} } })],
    ["random zeros", () => failures(RANDOM_CHECKS, (length) => new Uint8Array(length))],
    [
      "random digits",
      () => failures(RANDOM_CHECKS, (length) => random(length).map((byte) => 48 + (byte % 10))),
    ],
    ["one buffer for all", () => failures(RANDOM_CHECKS, sharedBuffer(random))],
    [
      "a lenient decoder",
      () => failures(TEXT_CHECKS, { ...text, decode: (bytes) => new TextDecoder().decode(bytes) }),
    ],
    ["Latin-1", () => failures(TEXT_CHECKS, { ...text, encode: (value) => Buffer.from(value, "latin1") })],
    ["a digest cut short", () => failures(DIGEST_CHECKS, async (bytes) => (await digest(bytes)).slice(1))],
    [
      "a digest of the whole buffer",
      () => failures(DIGEST_CHECKS, (bytes) => digest(new Uint8Array(bytes.buffer))),
    ],
    ["a verifier that says yes", () => failures(VERIFY_CHECKS, async () => true)],
    ["a verifier that says no", () => failures(VERIFY_CHECKS, async () => false)],
    [
      "a verifier that throws for a wrong length",
      () =>
        failures(VERIFY_CHECKS, async (key, message, signature) => {
          if (key.length !== 32 || signature.length !== 64) throw new Error("length");
          return verify(key, message, signature);
        }),
    ],
    ["a gzip that does nothing", () => failures(GZIP_CHECKS, async (bytes) => bytes)],
    [
      "a gzip with a wrong checksum",
      () => failures(GZIP_CHECKS, async (bytes) => flip(await gzip(bytes), -5)),
    ],
    ["a gzip cut short", () => failures(GZIP_CHECKS, async (bytes) => (await gzip(bytes)).slice(0, -1))],
    [
      "a network that resolves without an answer",
      () => failures(NETWORK_CHECKS, onNetwork({ request: noAnswer })),
    ],
    [
      "a network without a bound",
      () =>
        failures(
          NETWORK_CHECKS,
          onNetwork({ request: (sent) => network.request({ ...sent, maxBytes: 1e9 }) }),
        ),
    ],
    [
      "a network that says of too long an answer only that it failed",
      () =>
        failures(
          NETWORK_CHECKS,
          onNetwork({
            request: (sent) =>
              network.request(sent).catch(({ message }: Error) => {
                throw new Error(message);
              }),
          }),
        ),
    ],
    [
      "a network that forgets bodies",
      () =>
        failures(NETWORK_CHECKS, onNetwork({ request: ({ body: _body, ...sent }) => network.request(sent) })),
    ],
    [
      "a secure storage that forgets",
      () =>
        failures(SECURE_CHECKS, {
          create: async () => ({ secure: createMemorySecure(), reopen: async () => createMemorySecure() }),
        }),
    ],
    [
      "a runtime that answers otherwise",
      () =>
        failures(
          RUNTIME_CHECKS,
          changed((answer) => answer.map((value) => value + 0.01)),
        ),
    ],
    ["a runtime that reuses its answer", () => failures(RUNTIME_CHECKS, changed(reusing()))],
    [
      "a runtime that loads anything",
      () =>
        failures(RUNTIME_CHECKS, {
          ...model(),
          runtime: {
            ...wasmRuntime,
            load: async () => ({ run: async () => Float32Array.of(1, 0), release: () => {} }),
          },
        }),
    ],
  ];
  test.each(cases)("%s", async (_, run) => {
    expect(await run()).toBeGreaterThan(0);
  });
});

function sharedBuffer(random: DevicePorts["random"]): DevicePorts["random"] {
  const buffer = new Uint8Array(70_000);
  return (length) => {
    buffer.set(random(length));
    return buffer.subarray(0, length);
  };
}

const flip = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = new Uint8Array(bytes);
  copy[copy.length + at]! ^= 1;
  return copy;
};

const noAnswer = async () => ({ status: 0, headers: {}, body: new Uint8Array(0) });

function changed(change: (answer: Float32Array) => Float32Array): RuntimeFactory {
  return {
    ...model(),
    runtime: {
      ...wasmRuntime,
      load: async (...call) => {
        const loaded = await wasmRuntime.load(...call);
        return { ...loaded, run: async (...window) => change(await loaded.run(...window)) };
      },
    },
  };
}

function reusing(): (answer: Float32Array) => Float32Array {
  const buffer = new Float32Array(2);
  return (answer) => {
    buffer.set(answer);
    return buffer;
  };
}

describe("the self-test on the phone", () => {
  const ports = (changes: Partial<DevicePorts> = {}): DevicePorts =>
    createMemoryPorts(nodeCrypto, { ...nodeCrypto, ...time, network, ...changes });

  test("passes on these ports, leaves nothing behind, and prints as a page", async () => {
    const storage = createMemoryStorage();
    await storage.write("queue.json", Uint8Array.of(1));
    const values = new Map([["install-secret", Uint8Array.of(2)]]);
    const secure = createMemorySecure(values);
    const report = await runSelfTest(ports({ storage, secure }), { echo, models: [model()] });
    const page = describeSelfTest(report);
    expect(page).toMatch(/^All \d+ checks passed\.$/m);
    expect(report).toMatchObject({ failed: 0, passed: report.results.length });
    expect([...storage.files.keys()]).toEqual(["queue.json"]);
    expect([...values.keys()]).toEqual(["install-secret"]);
    for (const port of ["storage: 9 of 9", "secure storage: 5 of 5", "runtime cpu/onnx: 5 of 5"]) {
      expect(page).toContain(`ok     ${port}`);
    }
  });

  test("says what is broken, first and in a sentence", async () => {
    const broken = ports({
      gzip: async (bytes) => bytes,
      verify: () => Promise.reject(new Error("no such algorithm")),
    });
    const report = await runSelfTest(broken);
    expect(report.failed).toBe(GZIP_CHECKS.length + VERIFY_CHECKS.length);
    const lines = describeSelfTest(report).split("\n");
    expect(lines[0]).toBe(`${report.failed} of ${report.passed + report.failed} checks failed.`);
    expect(lines[1]).toBe("BROKEN verify: takes the signatures of RFC 8032");
    expect(lines[2]).toBe("       no such algorithm");
    expect(lines).toContainEqual(expect.stringMatching(/^BROKEN gzip: 0 of 3, \d+ ms$/));
  });
});

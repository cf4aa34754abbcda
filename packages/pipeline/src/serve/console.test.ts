import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { float32Values } from "@tideline/graph";
import { tidelineError, verifyRelease, verifyRoots, type Envelope } from "@tideline/spec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openArtifacts, type ArtifactStore } from "../release/artifact.ts";
import { openKeys, rotateReleaseKey, type KeyRing } from "../release/key.ts";
import { killRelease, makeRelease, type SignedRelease } from "../release/make-release.ts";
import { releasePorts } from "../release/release-port.ts";
import { createShelf, type ReleaseShelf } from "../release/shelf.ts";
import { NEW_YEAR, samplePhone, sampleReleaseOptions } from "../release/testing/sample-release.ts";
import { temporaryFolder } from "../release/testing/temporary-folder.ts";
import { onnxruntimeNode } from "../runtime/index.ts";
import { sampleModel, sampleWindows } from "../runtime/testing/sample-model.ts";
import { createConsole, type ConsoleServer } from "./console.ts";

const folder = temporaryFolder();
const KEY = "app-key";
let keys: KeyRing;
let artifacts: ArtifactStore;
let releases: SignedRelease[];
let unreleased: string;
let shelf: ReleaseShelf;
let server: ConsoleServer;
let address: string;
const faults: unknown[] = [];

/** A console of the first release, listening. */
async function start(): Promise<[ConsoleServer, string, ReleaseShelf]> {
  const own = createShelf(keys.chain);
  const made = createConsole({
    shelf: own,
    artifacts,
    authorise: { keys: [KEY] },
    limits: { rows: 8, bodyBytes: 400_000 },
    onFault: (error) => faults.push(error),
  });
  await made.offer(releases[0]!);
  return [made, await made.listen({ port: 0 }), own];
}

beforeAll(async () => {
  keys = await openKeys(join(folder, "keys"), { now: NEW_YEAR });
  artifacts = await openArtifacts(join(folder, "artifact"));
  releases = [];
  for (const previousVersion of [0, 1]) {
    const options = await sampleReleaseOptions(keys, artifacts, sampleModel(previousVersion));
    releases.push(await makeRelease({ ...options, previousVersion }));
  }
  unreleased = (await artifacts.put(Uint8Array.of(9, 9, 9))).sha256;
  [server, address, shelf] = await start();
});

afterAll(() => server.close());

/** Probabilities of a model by a direct run, one row at a time. */
async function direct(bytes: Uint8Array, values: Float32Array): Promise<number[]> {
  const graph = await onnxruntimeNode.load(bytes);
  const found: number[] = [];
  for (let from = 0; from < values.length; from += 1152) {
    const window = { dims: [1, 128, 9], values: values.slice(from, from + 1152) };
    found.push(...float32Values(await graph.run({ window }, ["probabilities"]), "probabilities"));
  }
  await graph.release();
  return found;
}

interface Answer {
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: { name: string; shape: number[]; datatype: string; data: number[] }[];
}

function infer(values: ArrayLike<number>, change: object = {}, at = address): Promise<Response> {
  const rows = values.length / 1152;
  const input = { name: "window", datatype: "FP32", shape: [rows, 128, 9], data: Array.from(values) };
  return fetch(`${at}/v2/models/sample/infer`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ inputs: [{ ...input, ...change }] }),
  });
}

function farthest(left: readonly number[], right: readonly number[]): number {
  expect(left).toHaveLength(right.length);
  return left.reduce((most, value, index) => Math.max(most, Math.abs(value - right[index]!)), 0);
}

async function refusal(answer: Promise<Response>): Promise<string> {
  const response = await answer;
  const { code, message, error } = (await response.json()) as Record<string, string>;
  expect(message).toContain(`[${code}]`);
  expect(error).toBe(message);
  return `${response.status} ${code}`;
}

describe("releases", () => {
  test("a phone that pinned the root verifies what it fetched, and its artifacts", async () => {
    const roots = (await (await fetch(`${address}/v1/root`)).json()) as Envelope[];
    const root = await verifyRoots(keys.root, roots, releasePorts);
    const envelope = (await (await fetch(`${address}/v1/releases/sample/stable`)).json()) as Envelope;
    const release = await verifyRelease(envelope, samplePhone(root), releasePorts);
    expect(release).toEqual(releases[0]!.release);
    for (const { sha256, bytes } of [release.variants[0]!, release.vectors]) {
      const answer = await fetch(`${address}/v1/artifacts/${sha256}`);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(answer.headers.get("etag")).toBe(`"${sha256}"`);
      const body = new Uint8Array(await answer.arrayBuffer());
      expect(body).toEqual(await artifacts.read(sha256));
      expect(body).toHaveLength(bytes);
    }
  });

  test("what has not changed is not sent again", async () => {
    const artifact = `/v1/artifacts/${releases[0]!.release.id}`;
    for (const path of ["/v1/root", "/v1/releases/sample/stable", artifact]) {
      const etag = (await fetch(address + path)).headers.get("etag")!;
      const again = await fetch(address + path, { headers: { "if-none-match": `"other", W/${etag}` } });
      expect(again.status, path).toBe(304);
      expect(await again.text()).toBe("");
      const other = await fetch(address + path, { headers: { "if-none-match": '"other"' } });
      expect(other.status, path).toBe(200);
      await other.arrayBuffer();
    }
  });

  test("only published artifacts and known channels are there", async () => {
    expect(await artifacts.has(unreleased)).toBe(true);
    for (const path of [
      `/v1/artifacts/${unreleased}`,
      `/v1/artifacts/${releases[1]!.release.id}`,
      "/v1/artifacts/..%2Fkeys%2Froot.json",
      "/v1/releases/sample/beta",
      "/v1/releases/other/stable",
      "/v1/releases/__proto__/stable",
    ]) {
      expect(await refusal(fetch(address + path)), path).toBe("404 NOT_FOUND");
    }
  });

  test("a damaged artifact is a fault of the server, without its path in the answer", async () => {
    const { sha256 } = releases[0]!.release.vectors;
    const bytes = await artifacts.read(sha256);
    await writeFile(join(folder, "artifact", sha256), "damaged");
    const answer = await fetch(`${address}/v1/artifacts/${sha256}`);
    const text = await answer.text();
    await artifacts.put(bytes);
    expect(answer.status).toBe(500);
    expect(answer.headers.get("cache-control")).toBeNull();
    expect(text).toContain("ARTIFACT_CORRUPT");
    expect(text).not.toContain(folder);
    expect(faults).toHaveLength(1);
  });

  test("rotated roots are served once the shelf has them", async () => {
    const rotated = await rotateReleaseKey(await openKeys(join(folder, "other"), { now: NEW_YEAR }), {
      now: NEW_YEAR,
    });
    const before = shelf.roots();
    shelf.setRoots(rotated.chain);
    expect(await (await fetch(`${address}/v1/root`)).json()).toEqual(rotated.chain);
    shelf.setRoots(before);
  });
});

describe("inference", () => {
  test("the server describes itself and its model", async () => {
    const get = async (path: string): Promise<unknown> => (await fetch(address + path)).json();
    expect(await get("/v2")).toMatchObject({ name: "tideline", extensions: [] });
    expect(await get("/v2/health/live")).toEqual({ live: true });
    expect(await get("/v2/health/ready")).toEqual({ ready: true });
    expect(await get("/v2/models/sample/ready")).toEqual({ name: "sample", ready: true });
    expect(await get("/v2/models/sample")).toMatchObject({
      name: "sample",
      versions: [releases[0]!.release.id],
      inputs: [{ name: "window", datatype: "FP32", shape: [-1, 128, 9] }],
      outputs: [{ name: "probabilities", datatype: "FP32", shape: [-1, 6] }],
    });
    expect(await refusal(fetch(`${address}/v2/models/other`))).toBe("404 NOT_FOUND");
  });

  test("an answer is that of a direct run, flat or nested", async () => {
    const values = sampleWindows(3);
    const expected = await direct(sampleModel(0), values);
    const answer = (await (await infer(values)).json()) as Answer;
    expect(answer.model_version).toBe(releases[0]!.release.id);
    expect(answer.outputs[0]).toMatchObject({ name: "probabilities", shape: [3, 6], datatype: "FP32" });
    expect(farthest(answer.outputs[0]!.data, expected)).toBeLessThan(1e-6);
    const rows = [0, 1, 2].map((row) =>
      Array.from({ length: 128 }, (_, sample) =>
        Array.from(values.slice(row * 1152 + sample * 9).slice(0, 9)),
      ),
    );
    const nested = (await (await infer(values, { data: rows })).json()) as Answer;
    expect(nested.outputs[0]!.data).toEqual(answer.outputs[0]!.data);
    const one = (await (await infer(values.slice(0, 1152))).json()) as Answer;
    expect(one.outputs[0]!.data).toEqual(expected.slice(0, 6));
  });

  test("concurrent requests share runs and each gets its own answer", async () => {
    const windows = Array.from({ length: 40 }, (_, index) => sampleWindows(1 + (index % 3), index + 1));
    const answers = await Promise.all(windows.map((values) => infer(values)));
    for (const [index, response] of answers.entries()) {
      expect(response.status).toBe(200);
      const { outputs } = (await response.json()) as Answer;
      expect(farthest(outputs[0]!.data, await direct(sampleModel(0), windows[index]!))).toBeLessThan(1e-6);
    }
  });

  test("a key of the app is wanted, as Bearer or Basic, before the body is read", async () => {
    const post = (headers: Record<string, string>, body = "{}"): Promise<Response> =>
      fetch(`${address}/v2/models/sample/infer`, { method: "POST", headers, body });
    expect(await refusal(post({}))).toBe("401 UNAUTHORISED");
    expect(await refusal(post({ authorization: "Bearer wrong" }, "x".repeat(500_000)))).toBe(
      "401 UNAUTHORISED",
    );
    expect((await post({ authorization: "Bearer wrong" })).headers.get("www-authenticate")).toBe("Bearer");
    const basic = `Basic ${Buffer.from(`${KEY}:`).toString("base64")}`;
    expect(await refusal(post({ authorization: basic }))).toBe("400 ARGUMENT_INVALID");
  });

  test("hostile bodies are refused and the server goes on", async () => {
    const post = (body: string | Buffer, headers: Record<string, string> = {}): Promise<string> =>
      refusal(
        fetch(`${address}/v2/models/sample/infer`, {
          method: "POST",
          headers: { authorization: `Bearer ${KEY}`, ...headers },
          body: new Uint8Array(Buffer.from(body)),
        }),
      );
    const bad = "400 ARGUMENT_INVALID";
    expect(await post("")).toBe(bad);
    expect(await post("{")).toBe(bad);
    expect(await post("null")).toBe(bad);
    expect(await post(Buffer.from([0xff, 0xfe, 0]), { "content-type": "application/octet-stream" })).toBe(
      bad,
    );
    expect(await post('{"__proto__":{"inputs":[]}}', { "content-type": "application/json" })).toBe(bad);
    expect(await post(`{"inputs":${"[".repeat(100_000)}${"]".repeat(100_000)}}`)).toBe(bad);
    expect(await post("x".repeat(400_001))).toBe("413 BATCH_TOO_LARGE");
    expect(await refusal(infer(sampleWindows(9)))).toBe(bad);
    expect(await refusal(infer(sampleWindows(1), { shape: [1e9, 128, 9] }))).toBe(bad);
    const text = JSON.stringify({
      inputs: [{ name: "window", datatype: "FP32", shape: [1, 128, 9], data: Array(1152).fill(1) }],
    });
    expect(await post(text.replace("[1,1,", "[1,1e999,"))).toBe(bad);
    expect(await post(text.replace("[1,1,", "[1,NaN,"))).toBe(bad);
    expect((await infer(sampleWindows(1))).status).toBe(200);
  });

  test("a browser of any origin may ask first", async () => {
    const answer = await fetch(`${address}/v2/models/sample/infer`, { method: "OPTIONS" });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-allow-headers")).toContain("authorization");
  });
});

test("a swap under load answers every request by one model or the other, as it says", async () => {
  const [swapping, at] = await start();
  const values = sampleWindows(1, 7);
  const expected = new Map<string, number[]>();
  for (const [index, { release }] of releases.entries()) {
    expected.set(release.id, await direct(sampleModel(index), values));
  }
  expect(farthest(...([...expected.values()] as [number[], number[]]))).toBeGreaterThan(0.01);
  const seen = new Set<string>();
  let swapped = false;
  const load = Array.from({ length: 6 }, async () => {
    for (let after = 0; after < 3; after += swapped ? 1 : 0) {
      const response = await infer(values, {}, at);
      expect(response.status).toBe(200);
      const { model_version, outputs } = (await response.json()) as Answer;
      expect(farthest(outputs[0]!.data, expected.get(model_version)!)).toBeLessThan(1e-6);
      seen.add(model_version);
    }
  });
  await infer(values, {}, at);
  await swapping.offer(releases[1]!);
  swapped = true;
  await Promise.all(load);
  expect([...seen]).toEqual(releases.map(({ release }) => release.id));
  await swapping.close();
});

test("a kill switch takes the model away and is offered; a wrong model changes nothing", async () => {
  const [own, at] = await start();
  const { release } = releases[0]!;
  await expect(own.setModel(Uint8Array.of(1), releases[1]!.release)).rejects.toMatchObject({
    code: "ARTIFACT_CORRUPT",
  });
  await expect(own.offer(releases[0]!)).rejects.toMatchObject({ code: "RELEASE_ROLLBACK" });
  const wrong = { ...release, version: 9, model: { ...release.model, labels: ["a", "b"] } };
  await expect(own.setModel(sampleModel(0), wrong)).rejects.toMatchObject({ code: "MODEL_MALFORMED" });
  expect((await infer(sampleWindows(1), {}, at)).status).toBe(200);

  const killed = killRelease(release, { previousVersion: 1, now: NEW_YEAR, keys });
  await own.offer(killed);
  expect(await refusal(infer(sampleWindows(1), {}, at))).toBe("404 NOT_FOUND");
  expect((await fetch(`${at}/v2/health/ready`)).status).toBe(503);
  expect(await (await fetch(`${at}/v1/releases/sample/stable`)).json()).toEqual(killed.envelope);
  await expect(own.setModel(sampleModel(0), killed.release)).rejects.toMatchObject({
    code: "RELEASE_KILLED",
  });
  await own.close();
});

test("closing answers what came, then listens no more; a port in use is said so", async () => {
  const [own, at] = await start();
  const port = Number(new URL(at).port);
  const other = createConsole({ shelf, artifacts, authorise: "public" });
  await expect(other.listen({ port })).rejects.toMatchObject({ code: "PORT_IN_USE" });
  // An address of documentation (RFC 5737), which no machine has.
  const nowhere = other.listen({ port: 0, host: "192.0.2.1" });
  await expect(nowhere).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  await other.close();

  const answers: Promise<Response>[] = [];
  for (let index = 0; index < 4; index += 1) answers.push(infer(sampleWindows(8, index + 1), {}, at));
  expect((await answers[0]!).status).toBe(200);
  await own.close();
  for (const answer of await Promise.allSettled(answers)) {
    if (answer.status === "fulfilled") expect([200, 503]).toContain(answer.value.status);
  }
  await expect(fetch(`${at}/v2`)).rejects.toThrow("fetch failed");
});

test("when the runtime's thread has died, one request fails and the next finds another", async () => {
  let dies = false;
  let loads = 0;
  const own = createConsole({
    shelf: createShelf(keys.chain),
    artifacts,
    authorise: "public",
    onFault: () => undefined,
    runtime: {
      name: "mortal",
      load: async (bytes) => {
        loads += 1;
        const graph = await onnxruntimeNode.load(bytes);
        return {
          ...graph,
          run: async (inputs, outputs) => {
            if (!dies) return graph.run(inputs, outputs);
            dies = false;
            throw tidelineError("UNAVAILABLE", { who: "thread" });
          },
        };
      },
    },
  });
  await own.offer(releases[0]!);
  const at = await own.listen({ port: 0 });
  dies = true;
  expect(await refusal(infer(sampleWindows(1), {}, at))).toBe("503 UNAVAILABLE");
  expect((await infer(sampleWindows(1), {}, at)).status).toBe(200);
  expect(loads).toBe(2);
  await own.close();
});

test("a request line that is no HTTP does not stop the server", async () => {
  const status = await new Promise<number | undefined>((resolve) => {
    const sent = request(`${address}/v2/models/${"x".repeat(20_000)}`, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on("error", () => resolve(undefined));
    sent.end();
  });
  expect(status).toBeGreaterThanOrEqual(400);
  expect((await fetch(`${address}/v2/health/live`)).status).toBe(200);
});

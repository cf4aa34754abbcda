import { createHash } from "node:crypto";
import { tidelineError, type ReleaseMetadata } from "@tideline/spec";
import { beforeEach, describe, expect, test } from "vitest";
import {
  createWorld,
  gait,
  makeRelease,
  platform,
  type SmallRelease,
  type World,
} from "../../../test/device-fixture.ts";
import { chunkedDownload } from "./artifact-chunk.ts";
import type { Client } from "./client.ts";
import type { NetworkRequest, NetworkResponse } from "./ports.ts";

const SIZE = 64 * 1024;
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const window = new Float32Array(gait.size * gait.channels.length);
window[0] = 0.8;

/** Bytes of a model of 10 chunks and a half; `changed` chunks differ from those of another gain. */
function weights(gain: number, changed: readonly number[] = []): Uint8Array {
  const bytes = Uint8Array.from({ length: 10 * SIZE + 1000 }, (_, index) => (index >> 16) + (index % 7));
  for (const chunk of changed) bytes.fill(Math.round(gain * 100), chunk * SIZE + 9, chunk * SIZE + 99);
  bytes.set(new TextEncoder().encode(`gain ${gain} `));
  return bytes;
}

const chunksOf = (bytes: Uint8Array, size = SIZE) => ({
  size,
  sha256: Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    hash(bytes.subarray(at * size, (at + 1) * size)),
  ),
});

/** A release whose model is these bytes, in chunks. */
async function largeRelease(
  version: number,
  bytes: Uint8Array,
  chunks: unknown = chunksOf(bytes),
): Promise<SmallRelease> {
  const gain = Number(new TextDecoder().decode(bytes.subarray(0, 20)).split(" ")[1]);
  const variant = { sha256: hash(bytes), bytes: bytes.length, format: "onnx", opset: 18, chunks };
  const changes = { variants: [variant] } as unknown as Partial<ReleaseMetadata>;
  const release = await makeRelease(version, { gain, id: variant.sha256, ...changes });
  const { vectors } = release.metadata;
  return {
    ...release,
    artifacts: new Map([
      [variant.sha256, bytes],
      [vectors.sha256, release.artifacts.get(vectors.sha256)!],
    ]),
  };
}

let world: World;
/** Ranges that were sent, and what to do with one before. */
let sent: string[];
let onRange: (request: NetworkRequest, body: Uint8Array) => Uint8Array;
beforeEach(() => {
  world = createWorld();
  sent = [];
  onRange = (_, body) => body;
  world.intercept = (request): NetworkResponse | undefined => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers["range"] ?? "") ?? [];
    const artifact = world.offer.artifacts.get(request.url.slice(-64));
    if (first === undefined || artifact === undefined) return undefined;
    const body = onRange(request, artifact.slice(Number(first), Number(last) + 1));
    if (body.length > request.maxBytes) throw new Error("too long");
    sent.push(`${Number(first) / SIZE}+${body.length}`);
    return { status: 206, headers: {}, body };
  };
});

const start = async (ports: Parameters<World["start"]>[1] = {}): Promise<Client> => {
  const client = await world.start({ download: chunkedDownload }, ports);
  await client.setConsent(["improve"]);
  return client;
};
const answering = async (client: Client): Promise<number | string> => {
  const { source, probabilities } = await client.predict(window, { session: "s", start: 0 });
  return source === "device" ? Number((probabilities![1]! / 0.8).toFixed(4)) : source;
};
const parts = (): string[] => [...world.files.keys()].filter((name) => name.startsWith("part-"));

test("an artifact comes in a few requests, each within its bytes, and leaves nothing beside itself", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  const client = await start();
  expect(await client.update()).toMatchObject({ result: "activated" });
  expect(sent).toEqual(["0+262144", "4+262144", "8+132072"]);
  expect(await answering(client)).toBe(0.5);
  expect(parts()).toEqual([]);
});

test("a network that dies in the middle loses no chunk, after a restart neither", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  onRange = (_, body) => {
    if (sent.length > 0) throw new Error("connection reset");
    return body;
  };
  expect(await (await start()).update()).toMatchObject({ result: "offline", code: "UNAVAILABLE" });
  expect(sent).toEqual(["0+262144"]);
  const again = await start();
  onRange = (_, body) => body;
  expect(await again.update()).toMatchObject({ result: "activated" });
  expect(sent).toEqual(["0+262144", "4+262144", "8+132072"]);
  expect(await answering(again)).toBe(0.5);
});

test("an app that is killed in the middle goes on; a torn or damaged part is cut, and no more than that", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  const kill = () => {
    world.storage().stop();
    throw new Error("killed");
  };
  const crashPoint = (point: string): void => {
    if (point === "update.chunk.after") kill();
  };
  await expect((await start({ crashPoint })).update()).rejects.toThrow("killed");
  const [part] = parts();
  const kept = world.files.get(part!)!;
  expect(kept.length).toBe(4 * SIZE);
  // The write after it was torn.
  world.files.set(part!, Uint8Array.from([...kept, ...weights(0.5).subarray(4 * SIZE, 4 * SIZE + 777)]));
  await expect((await start({ crashPoint })).update()).rejects.toThrow("killed");
  expect(world.files.get(part!)!.length).toBe(8 * SIZE);
  // A bit of the third chunk fell over.
  world.files.get(part!)![2 * SIZE + 5]! ^= 1;
  const client = await start();
  expect(await client.update()).toMatchObject({ result: "activated" });
  expect(sent.slice(2)).toEqual(["2+262144", "6+262144", "10+1000"]);
  expect(await answering(client)).toBe(0.5);
});

test("chunks that the phone has from the release that runs are not fetched, from the app's package neither", async () => {
  const first = await largeRelease(1, weights(0.5));
  const bundled = {
    envelope: first.envelope,
    artifacts: async (sha256: string) => first.artifacts.get(sha256) ?? null,
  };
  const client = await world.start({ download: chunkedDownload, bundled });
  await client.setConsent(["improve"]);
  expect(await answering(client)).toBe(0.5);
  world.publish(await largeRelease(2, weights(0.25, [3, 4, 10])));
  expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
  // The first chunk holds the gain.
  expect(sent).toEqual([`0+${SIZE}`, `3+${2 * SIZE}`, "10+1000"]);
  expect(await answering(client)).toBe(0.25);
});

test("what was begun of a release that was replaced meanwhile serves the next one, and goes", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  onRange = (_, body) => {
    if (sent.length > 0) throw new Error("connection reset");
    return body;
  };
  const client = await start();
  await client.update();
  onRange = (_, body) => body;
  sent = [];
  world.publish(await largeRelease(2, weights(0.5, [1])));
  expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
  expect(sent).toEqual([`1+${SIZE}`, "4+262144", "8+132072"]);
  expect(parts()).toEqual([]);
});

describe("what must not be taken is not", () => {
  const good = weights(0.5);
  const other = weights(0.9, [0, 1, 2, 3, 4, 5]);
  const refused = async (client: Client) => {
    expect(await client.update()).toMatchObject({ result: "kept", version: 1, code: "ARTIFACT_CORRUPT" });
    expect(await answering(client)).toBe(0.5);
  };
  const startWithFirst = async (): Promise<Client> => {
    world.publish(await largeRelease(1, good));
    const client = await start();
    await client.update();
    sent = [];
    return client;
  };

  test.each<readonly [string, (request: NetworkRequest, body: Uint8Array) => Uint8Array]>([
    ["chunks of another release", (_, body) => other.subarray(SIZE, SIZE + body.length)],
    [
      "chunks of this one in another order",
      (_, body) => weights(0.2, [5]).subarray(SIZE, SIZE + body.length),
    ],
    ["fewer bytes", (_, body) => body.subarray(0, 10)],
  ])("%s", async (_, attack) => {
    const client = await startWithFirst();
    world.publish(await largeRelease(2, weights(0.2, [0, 1, 2, 3, 4, 5])));
    onRange = attack;
    await refused(client);
    expect(parts().map((name) => world.files.get(name)!.length)).toEqual([]);
    onRange = (_request, body) => body;
    expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
  });

  test("bytes without an end: no request reads more than its range", async () => {
    const client = await startWithFirst();
    world.publish(await largeRelease(2, weights(0.2, [0, 1, 2])));
    onRange = () => new Uint8Array(10e6);
    expect(await client.update()).toMatchObject({ result: "offline", version: 1 });
    const bounds = world.requests.filter(({ headers }) => headers["range"]).map(({ maxBytes }) => maxBytes);
    expect(Math.max(...bounds)).toBeLessThanOrEqual(256 * 1024);
  });

  test("a manifest whose chunks make up another file than it names: refused, and not fetched again", async () => {
    const client = await startWithFirst();
    world.publish({ ...(await largeRelease(2, other, chunksOf(weights(0.2, [0])))) });
    world.offer.artifacts.set(hash(other), weights(0.2, [0]));
    await refused(client);
    const requests = sent.length;
    await refused(client);
    expect(sent).toHaveLength(requests);
  });

  test.each([
    { size: SIZE, sha256: [] },
    { size: 0, sha256: [] },
    { size: -1, sha256: chunksOf(other).sha256 },
    { size: 1.5, sha256: chunksOf(other).sha256 },
    { size: 1, sha256: chunksOf(other, 64).sha256 },
    { size: SIZE, sha256: "x".repeat(11) },
    { size: 150, sha256: chunksOf(other, 150).sha256 },
    7,
    null,
  ])("chunks that cannot make up the file are passed over, and the whole is fetched: %#", async (chunks) => {
    const client = await startWithFirst();
    world.publish(await largeRelease(2, other, chunks));
    expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
    expect(sent).toEqual([]);
  });
});

/** A server that knows no ranges, over a network that refuses what is longer than asked for. */
function withoutRanges(): void {
  world.intercept = ({ url, maxBytes }): NetworkResponse | undefined => {
    const artifact = world.offer.artifacts.get(url.slice(-64));
    if (artifact === undefined) return undefined;
    sent.push(`200 of ${artifact.length}`);
    if (artifact.length > maxBytes) throw tidelineError("DATA_MALFORMED", { who: "network" });
    return { status: 200, headers: {}, body: artifact };
  };
}

test("a server without ranges is asked for the whole", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  withoutRanges();
  const client = await start();
  expect(await client.update()).toMatchObject({ result: "activated" });
  expect(await answering(client)).toBe(0.5);
});

test("a server without ranges has given the whole already where that is no longer than the range", async () => {
  const bytes = weights(0.5).slice(0, 3 * SIZE + 5);
  world.publish(await largeRelease(1, bytes));
  withoutRanges();
  const client = await start();
  expect(await client.update()).toMatchObject({ result: "activated" });
  expect(sent.filter((one) => one.endsWith(` ${bytes.length}`))).toHaveLength(1);
  expect(await answering(client)).toBe(0.5);
  expect(parts()).toEqual([]);
  // Other bytes of that length are refused as ever.
  world.publish(await largeRelease(2, weights(0.25).slice(0, bytes.length)));
  world.offer.artifacts.set(hash(weights(0.25).slice(0, bytes.length)), bytes);
  expect(await client.update()).toMatchObject({ result: "kept", version: 1, code: "ARTIFACT_CORRUPT" });
});

test.each([
  ["a long page of an error", 503, 200_000, "UNAVAILABLE"],
  ["a page longer than the file", 503, 4_000_000, "UNAVAILABLE"],
  ["a short page of a hotel's network", 200, 300, "UNAVAILABLE"],
  ["a long page of a hotel's network", 200, 300_000, "ARTIFACT_CORRUPT"],
])("%s in the middle costs no chunk", async (_, status, length, code) => {
  world.publish(await largeRelease(1, weights(0.5)));
  const ranges = world.intercept!;
  const artifact = hash(weights(0.5));
  world.intercept = (request) => {
    if (sent.length === 0 || !request.url.endsWith(artifact)) return ranges(request);
    // A range's length at most is asked for first.
    if (length > request.maxBytes) throw tidelineError("DATA_MALFORMED", { who: "network" });
    return { status, headers: {}, body: new Uint8Array(length) };
  };
  const client = await start();
  expect(await client.update()).toMatchObject({ version: 0, code });
  expect(parts().map((name) => world.files.get(name)!.length)).toEqual([4 * SIZE]);
  world.intercept = ranges;
  expect(await (await start()).update()).toMatchObject({ result: "activated" });
  expect(sent).toEqual(["0+262144", "4+262144", "8+132072"]);
  expect(parts()).toEqual([]);
});

test("a server that forgets its ranges in the middle leaves no part behind", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  const ranges = world.intercept!;
  world.intercept = (request) => {
    const answer = ranges(request);
    if (sent.length === 1) withoutRanges();
    return answer;
  };
  expect(await (await start()).update()).toMatchObject({ result: "activated" });
  expect(sent).toHaveLength(3);
  expect(parts()).toEqual([]);
});

test("small chunks of a small artifact do not cut what the phone has into millions of pieces", async () => {
  world.publish(await largeRelease(1, weights(0.5)));
  const first = await start();
  await first.update();
  let digests = 0;
  const counting = async (bytes: Uint8Array) => {
    digests += 1;
    return platform.digest(bytes);
  };
  const client = await start({ digest: counting });
  const bytes = new TextEncoder().encode("gain 0.25 ");
  world.publish(await largeRelease(2, bytes, chunksOf(bytes, 1)));
  digests = 0;
  expect(await client.update()).toMatchObject({ result: "activated", version: 2 });
  expect(digests).toBeLessThan(1000);
});

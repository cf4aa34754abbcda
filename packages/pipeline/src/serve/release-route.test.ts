import { createHash } from "node:crypto";
import { fastify } from "fastify";
import { tidelineError } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { artifactCache } from "./artifact-cache.ts";
import { releaseRoutes } from "./release-route.ts";

const model = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
const sha256 = createHash("sha256").update(model).digest("hex");

/** A server of one artifact, and how often it was read from disk. */
async function serve() {
  let reads = 0;
  const server = fastify();
  onTestFinished(() => server.close());
  const shelf = {
    publish: () => undefined,
    check: () => undefined,
    current: () => undefined,
    isReleased: (name: string) => name === sha256,
    roots: () => [],
    setRoots: () => undefined,
  };
  const artifacts = {
    read: async () => {
      reads += 1;
      return model;
    },
    put: async () => ({ sha256, bytes: 1000 }),
    has: async () => true,
  };
  await server.register(releaseRoutes({ shelf, artifacts, onFault: () => undefined }));
  const address = await server.listen({ port: 0, host: "127.0.0.1" });
  const get = (headers: Record<string, string> = {}, name = sha256) =>
    fetch(`${address}/v1/artifacts/${name}`, { headers });
  return { get, reads: () => reads };
}

test("a range of an artifact is sent as one, however many are asked for the file is read once", async () => {
  const { get, reads } = await serve();
  for (const [first, last] of [
    [0, 99],
    [100, 999],
    [999, 2000],
  ] as const) {
    const answer = await get({ range: `bytes=${first}-${last}` });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${first}-${Math.min(last, 999)}/1000`);
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(model.slice(first, last + 1));
  }
  expect(reads()).toBe(1);
});

test("what is no range of it gets the whole, or is told that there is none", async () => {
  const { get } = await serve();
  const whole: readonly Record<string, string>[] = [
    {},
    { range: "bytes=0-1,5-6" },
    { range: "pages=1-2" },
    { range: "bytes=0-9", "if-range": '"another"' },
  ];
  for (const headers of whole) {
    const answer = await get(headers);
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBe(1000);
  }
  const beyond = await get({ range: "bytes=1000-" });
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get("content-range")).toBe("bytes */1000");
  expect((await get({ range: "bytes=0-9", "if-range": `"${sha256}"` })).status).toBe(206);
  expect((await get({ range: "bytes=0-9" }, "0".repeat(64))).status).toBe(404);
});

test("the cache keeps no more than its bytes, reads once at a time, and forgets what failed", async () => {
  const reads: string[] = [];
  let isBroken = true;
  const { read } = artifactCache(
    {
      read: async (name) => {
        reads.push(name);
        if (name === "d" && isBroken) throw tidelineError("ARTIFACT_CORRUPT", { who: "test" });
        return new Uint8Array(40);
      },
    },
    100,
  );
  await Promise.all([read("a"), read("a"), read("b")]);
  await read("a");
  await read("c");
  expect(reads.join("")).toBe("abc");
  // The one that was asked for longest ago has gone.
  await read("b");
  expect(reads.join("")).toBe("abcb");
  await expect(read("d")).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  isBroken = false;
  await read("d");
  expect(reads.join("")).toBe("abcbdd");
});

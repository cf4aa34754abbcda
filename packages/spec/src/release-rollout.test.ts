import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { isWithin } from "./release-rollout.ts";

const ports = {
  digest: async (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest()),
  text: { encode: (text: string) => new TextEncoder().encode(text), decode: () => "" },
};
const installs = Array.from({ length: 4000 }, (_, index) => index.toString(16).padStart(32, "0"));
const within = async (share: number, salt: string) => {
  const answers = await Promise.all(installs.map((install) => isWithin({ share, salt }, install, ports)));
  return new Set(installs.filter((_, index) => answers[index]));
};

test("a share of the phones is chosen, the same and more as it grows, others under another salt", async () => {
  const [tenth, half, all] = await Promise.all([within(0.1, "a"), within(0.5, "a"), within(1, "a")]);
  // Standard deviation of a share of 0.1 over 4,000 phones: 19.
  expect(Math.abs(tenth.size - 400)).toBeLessThan(80);
  expect(Math.abs(half.size - 2000)).toBeLessThan(130);
  expect(all.size).toBe(4000);
  expect([...tenth].every((install) => half.has(install))).toBe(true);
  const others = await within(0.1, "b");
  expect([...others].filter((install) => tenth.has(install)).length).toBeLessThan(80);
});

test("the bucket is the first four bytes of the digest, big-endian", async () => {
  const digest = createHash("sha256").update("s:i").digest();
  const bucket = digest.readUInt32BE(0) / 2 ** 32;
  expect(await isWithin({ share: bucket, salt: "s" }, "i", ports)).toBe(false);
  expect(await isWithin({ share: bucket + 2 ** -32, salt: "s" }, "i", ports)).toBe(true);
});

test.each([Number.NaN, 0, -1, undefined as never])("a share of %s is nobody", async (share) => {
  expect((await within(share, "a")).size).toBe(0);
});

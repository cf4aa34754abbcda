import { join } from "node:path";
import { isWithin, verifyRelease, type ReleaseMetadata } from "@tideline/spec";
import { expect, test } from "vitest";
import { releasePorts, sha256Hex } from "./release-port.ts";
import { chunksOf } from "./chunk.ts";
import { openKeys, rotateReleaseKey } from "./key.ts";
import { killRelease, renewRelease, shareRelease, type ManifestOptions } from "./make-release.ts";
import { manifestOf, rolloutOf, stageOf } from "./rollout.ts";
import { NEW_YEAR, sampleManifest, samplePhone } from "./testing/sample-release.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
const keys = await openKeys(join(folder, "keys"), { now: NEW_YEAR });
const DAY = 86_400_000;

const manifest = (version: number, id: string): ReleaseMetadata =>
  sampleManifest({ version, id, expires: NEW_YEAR + DAY });

const former = manifest(4, "a".repeat(64));
const next = manifest(5, "b".repeat(64));
const options = (previousVersion: number, changes: Partial<ManifestOptions> = {}): ManifestOptions => ({
  previousVersion,
  now: NEW_YEAR + previousVersion * DAY,
  keys,
  ...changes,
});
const staged: ReleaseMetadata = {
  ...next,
  rollout: rolloutOf(next, { share: 0.1, former }, { expires: next.expires, keys })!,
};

test("a share grows under the same salt, carries the former release as long as it is valid, and ends", async () => {
  const half = shareRelease(staged, 0.5, options(5)).release;
  expect(half).toMatchObject({
    version: 6,
    id: next.id,
    rollout: { share: 0.5, salt: staged.rollout!.salt },
  });
  const phone = { ...samplePhone(keys.root), now: half.expires - 1 };
  const inner = await verifyRelease(half.rollout!.otherwise!, phone, releasePorts);
  expect(inner).toMatchObject({ version: 4, id: former.id, expires: half.expires, kill: false });
  expect(inner.rollout).toBeUndefined();
  expect(await isWithin({ ...half.rollout!, share: 1 }, "i", releasePorts)).toBe(true);
  expect(shareRelease(half, 1, options(6)).release.rollout).toBeUndefined();
  for (const share of [0, -1, 1.1, Number.NaN]) {
    expect(() => shareRelease(half, share, options(6))).toThrow(/share.*ARGUMENT_INVALID/);
  }
});

test("renewed it stays at its share, under a new key too; a kill is for all, and cannot be shared", async () => {
  const rotated = await rotateReleaseKey(keys, { now: NEW_YEAR });
  const renewed = renewRelease(staged, options(6, { keys: rotated })).release;
  expect(stageOf(renewed)).toMatchObject({ share: 0.1, former: { id: former.id } });
  const phone = { ...samplePhone(rotated.root), now: renewed.issued };
  await expect(verifyRelease(renewed.rollout!.otherwise!, phone, releasePorts)).resolves.toBeDefined();
  const { release, envelope } = killRelease(staged, options(7));
  expect(release.rollout).toBeUndefined();
  expect(manifestOf({ envelope })).toEqual(release);
  expect(() => shareRelease(release, 0.5, options(8))).toThrow(/kill switch/);
});

test("a manifest that grew beyond what phones read is not signed", () => {
  const variants = Array.from({ length: 2000 }, () => next.variants[0]!);
  expect(() => renewRelease({ ...next, variants }, options(6))).toThrow(/at most 262144 bytes/);
});

test("chunks cover a file, in order and few enough for a manifest; a small file has none", () => {
  expect(chunksOf(new Uint8Array(16_384))).toBeUndefined();
  const bytes = Uint8Array.from({ length: 40_000 }, (_, index) => index % 253);
  const { size, sha256 } = chunksOf(bytes)!;
  expect(size).toBe(16_384);
  expect(sha256).toEqual(
    [0, 1, 2].map((index) => sha256Hex(bytes.subarray(index * size, (index + 1) * size))),
  );
  const large = chunksOf(new Uint8Array(20 << 20))!;
  expect([large.size, large.sha256.length]).toEqual([128 * 1024, 160]);
});

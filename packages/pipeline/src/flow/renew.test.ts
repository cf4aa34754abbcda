import { join } from "node:path";
import { RELEASE_TYPE, verifyRelease } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { commit, openCatalog, ownFolder, recordRelease, type ReleaseRow } from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { openKeys, releasePorts, rotateReleaseKey, signEnvelope, type KeyRing } from "../release/index.ts";
import { NEW_YEAR, sampleManifest, samplePhone } from "../release/testing/sample-release.ts";
import { renewWhenDue } from "./renew.ts";

const DAY = 86_400_000;

async function openLoop() {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  onTestFinished(() => owner.release());
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  onTestFinished(() => catalog.close());
  const keys = await openKeys(join(folder, "keys"), { now: NEW_YEAR });
  const release = sampleManifest();
  const row: ReleaseRow = {
    channel: "sample/stable",
    version: release.version,
    id: release.id,
    run: "r",
    issued_at: release.issued,
    expires_at: release.expires,
    status: "offered",
    envelope: signEnvelope(RELEASE_TYPE, release, [keys.releaseKey]),
    metrics: { bytes: 1 },
  };
  await commit(catalog, (writer) => recordRelease(writer, row));
  const renew = (at: number, ring: KeyRing = keys, of: ReleaseRow | null = row) =>
    renewWhenDue({ catalog, keys: ring, clock: () => at }, of);
  return { catalog, keys, row, renew };
}

test("a release is signed again in the last third of its validity, once, and a phone takes it", async () => {
  const { keys, row, renew } = await openLoop();
  expect(await renew(NEW_YEAR + 20 * DAY - 1)).toBeNull();
  const renewed = (await renew(NEW_YEAR + 20 * DAY))!;
  expect(renewed).toMatchObject({
    version: 5,
    id: row.id,
    status: "offered",
    metrics: row.metrics,
    expires_at: NEW_YEAR + 50 * DAY,
  });
  expect(await renew(NEW_YEAR + 21 * DAY, keys, renewed)).toBeNull();
  const phone = { ...samplePhone(keys.root), now: NEW_YEAR + 40 * DAY, acceptedVersion: 4 };
  expect(await verifyRelease(renewed.envelope, phone, releasePorts)).toMatchObject({
    version: 5,
    id: row.id,
  });
});

test("after a rotation the new key signs at once; without a release or a valid root nothing is signed", async () => {
  const { keys, row, renew } = await openLoop();
  const rotated = await rotateReleaseKey(keys, { now: NEW_YEAR + 1 });
  const renewed = (await renew(NEW_YEAR + 2, rotated))!;
  expect(renewed.envelope.signatures.map(({ keyid }) => keyid)).toEqual([rotated.releaseKey.id]);
  expect(await renew(NEW_YEAR + 20 * DAY, keys, null)).toBeNull();
  expect(await renew(NEW_YEAR + 20 * DAY, keys, { ...row, status: "withdrawn" })).toBeNull();
  expect(await renew(keys.root.expires, keys)).toBeNull();
});

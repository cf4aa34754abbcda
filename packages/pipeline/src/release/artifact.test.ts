import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, asyncProperty, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { openArtifacts } from "./artifact.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = join(temporaryFolder(), "artifact");

test("bytes come back under the hash that an independent SHA-256 gives", async () => {
  const artifacts = await openArtifacts(folder);
  await assert(
    asyncProperty(uint8Array({ maxLength: 300 }), async (bytes) => {
      const { sha256, bytes: length } = await artifacts.put(bytes);
      expect(sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect(length).toBe(bytes.length);
      expect(await artifacts.has(sha256)).toBe(true);
      expect(await artifacts.read(sha256)).toEqual(bytes);
    }),
    { numRuns: 20, seed: 4 },
  );
  expect((await readdir(folder)).filter((name) => !/^[0-9a-f]{64}$/.test(name))).toEqual([]);
});

test("a damaged artifact is noticed on reading and healed by putting the bytes again", async () => {
  const artifacts = await openArtifacts(folder);
  const bytes = Uint8Array.of(1, 2, 3);
  const { sha256 } = await artifacts.put(bytes);
  await writeFile(join(folder, sha256), Uint8Array.of(1, 2, 4));
  await expect(artifacts.read(sha256)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  await artifacts.put(bytes);
  expect(await artifacts.read(sha256)).toEqual(bytes);
});

test("what is no content address is never a path", async () => {
  const artifacts = await openArtifacts(folder);
  for (const name of ["../keys/root.json", "", "A".repeat(64), `${"a".repeat(64)}/`, "a".repeat(64)]) {
    await expect(artifacts.read(name)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await artifacts.has(name)).toBe(false);
  }
});

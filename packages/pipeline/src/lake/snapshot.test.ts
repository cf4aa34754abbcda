import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Supersession } from "./supersession.ts";
import { supersessionPath } from "./supersession.ts";
import { latestSnapshot, manifestPath, readSnapshot } from "./snapshot.ts";
import { openLake } from "./testing/open-lake.ts";
import type { SampleRecord } from "./testing/sample-log.ts";
import { sampleLog } from "./testing/sample-log.ts";
import { verifySnapshot } from "./verify-snapshot.ts";

const records: readonly SampleRecord[] = [1, 2].map((seq) => ({
  events: [
    { seq, name: "motion", properties: { session: "s", start: seq, samples: Float32Array.from([1, 2]) } },
  ],
}));

async function twoSnapshots() {
  const lake = await openLake(onTestFinished);
  const first = (await lake.compact(sampleLog(records, 1))).snapshot!;
  const second = (await lake.compact(sampleLog(records))).snapshot!;
  return { ...lake, first, second };
}

test("a snapshot is read by its id, and the newest through the catalog", async () => {
  const { folder, catalog, first, second } = await twoSnapshots();
  await expect(readSnapshot(folder, first.id)).resolves.toEqual(first);
  await expect(latestSnapshot(catalog, folder)).resolves.toEqual(second);
  expect(second.manifest.parent).toBe(first.id);
  expect(second.manifest.log).toEqual({ epoch: 1, segment: 1, offset: 2 });
  await expect(readSnapshot(folder, "0".repeat(64))).rejects.toThrow("[NOT_FOUND]");
});

test("a file of other bytes, or a missing one, is found", async () => {
  const { folder, first, second } = await twoSnapshots();
  const [kept, added] = second.manifest.tables["motion"]!.files;
  const path = join(folder, added!.path);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
  await expect(verifySnapshot(second)).rejects.toThrow(`${added!.path}: expected ${added!.sha256}`);
  await expect(verifySnapshot(second)).rejects.toThrow("[DATA_MALFORMED]");
  await expect(verifySnapshot(first)).resolves.toMatchObject({ files: 2 });
  rmSync(join(folder, kept!.path));
  await expect(verifySnapshot(first)).rejects.toThrow("[DATA_NOT_FOUND]");
});

test("a manifest that was changed is not believed", async () => {
  const { folder, first } = await twoSnapshots();
  const path = manifestPath(folder, first.id);
  writeFileSync(path, readFileSync(path, "utf8").replace('"events":1', '"events":2'));
  await expect(readSnapshot(folder, first.id)).rejects.toThrow("[DATA_MALFORMED]");
});

test("a snapshot that was rewritten says why, and by which one", async () => {
  const { folder, first, second } = await twoSnapshots();
  const mark = (reason: Supersession["reason"]): Supersession => ({
    format: 1,
    kind: "supersession",
    snapshot: first.id,
    by: second.id,
    reason,
  });
  writeFileSync(supersessionPath(folder, first.id), JSON.stringify(mark("retention")));
  await expect(readSnapshot(folder, first.id)).rejects.toThrow(
    `rows past their retention. Use snapshot ${second.id}. [SNAPSHOT_ERASED]`,
  );
  writeFileSync(supersessionPath(folder, first.id), JSON.stringify(mark("erasure")));
  await expect(readSnapshot(folder, first.id)).rejects.toThrow(
    `Use snapshot ${second.id}. [SNAPSHOT_ERASED]`,
  );
});

test("every file stands at the address of its content, and nothing half-done is left", async () => {
  const { folder, first, second } = await twoSnapshots();
  const files = [first, second].flatMap(({ manifest }) =>
    Object.values(manifest.tables).flatMap((table) => table.files),
  );
  for (const file of files)
    expect(file.path).toMatch(new RegExp(`/bucket=${file.bucket}/${file.sha256}\\.parquet$`));
  expect(readdirSync(join(folder, "temporary")).filter((name) => name.endsWith(".parquet"))).toEqual([]);
});

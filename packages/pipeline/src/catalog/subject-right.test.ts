import { readFileSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { commit, openCatalog } from "./catalog.ts";
import { erasedHash, followErased } from "./erased-file.ts";
import { listErased, publishErased, recordErased } from "./erased.ts";
import { folderLayout } from "./folder.ts";
import { findProof, recordProofs, removeProofs } from "./install-proof.ts";
import { ownFolder } from "./owner.ts";
import {
  countOpenRequests,
  findRequest,
  listRequests,
  recordRequest,
  removeEndedRequests,
  updateRequest,
  type SubjectRequestRow,
} from "./subject-request.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

/** A folder with its catalog. */
async function openFolder() {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  onTestFinished(() => owner.release());
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  onTestFinished(() => catalog.close());
  return { folder, catalog };
}

const [hex, other] = ["a".repeat(64), "b".repeat(64)];

test("the first proof of an install stands, and another one is counted", async () => {
  const { catalog } = await openFolder();
  const seen = (proof: string, at: number) => ({ install: "phone", proof, at });
  await commit(catalog, (writer) => recordProofs(writer, [seen(hex, 1), seen(hex, 2), seen(other, 3)]));
  await commit(catalog, (writer) => recordProofs(writer, [seen(other, 4)]));
  await expect(findProof(catalog, "phone")).resolves.toEqual({
    install: "phone",
    proof: hex,
    first_at: 1,
    conflicts: 2,
  });
  await commit(catalog, (writer) => removeProofs(writer, ["phone"]));
  await expect(findProof(catalog, "phone")).resolves.toBeUndefined();
});

test("whoever takes batches learns at once who has left, and nobody is named", async () => {
  const { folder, catalog } = await openFolder();
  const people = followErased(folder);
  expect(people()).toMatchObject({ generation: 0, isEmpty: true });
  expect(people().hasInstall("phone")).toBe(false);
  const leave = (at: number) =>
    commit(catalog, (writer) =>
      recordErased(writer, [
        { kind: "install", hash: erasedHash("install", "phone"), at, request: "r" },
        { kind: "subject", hash: erasedHash("subject", "p1"), at, request: "r" },
      ]),
    );
  await leave(1000);
  const generation = await publishErased(catalog, folder);
  expect(people()).toMatchObject({ generation, isEmpty: false });
  expect(people().hasInstall("phone")).toBe(true);
  expect(people().hasInstall("other")).toBe(false);
  expect([999, 1000, 1001].map((time) => people().refuses("phone", "p1", time))).toEqual([true, true, false]);
  expect(people().refuses("phone", "p2", 0)).toBe(false);
  await leave(500);
  expect((await listErased(catalog, "r")).map(({ at }) => at)).toEqual([1000, 1000]);
  await leave(2000);
  expect(await publishErased(catalog, folder)).toBeGreaterThan(generation);
  expect(people().refuses("phone", "p1", 2000)).toBe(true);
  const { erased } = folderLayout(folder);
  expect(readFileSync(erased, "utf8")).not.toMatch(/phone|p1/);
  expect(statSync(erased).mode & 0o077).toBe(0);
  await writeFile(erased, "{}");
  expect(people).toThrow("FOLDER_INVALID");
});

test("requests are found by state and by who asked; those that ended without a receipt go", async () => {
  const { catalog } = await openFolder();
  const row = (id: string, change: Partial<SubjectRequestRow> = {}): SubjectRequestRow => ({
    id,
    kind: "erase",
    install: "phone",
    subject: null,
    proof: hex,
    models: "keep",
    state: "accepted",
    created_at: 1,
    finished_at: null,
    error: null,
    receipt: null,
    ...change,
  });
  const receipt = { payloadType: "t", payload: "", signatures: [] };
  await commit(catalog, async (writer) => {
    await recordRequest(writer, row("a"));
    await recordRequest(writer, row("b", { state: "failed", finished_at: 5, proof: other }));
    await recordRequest(writer, row("c", { state: "done", finished_at: 5, receipt }));
  });
  const ids = async (
    ...choice: Parameters<typeof listRequests> extends [unknown, ...infer Rest] ? Rest : never
  ) => (await listRequests(catalog, ...choice)).map(({ id }) => id);
  await expect(ids()).resolves.toEqual(["a", "b", "c"]);
  await expect(ids({ states: ["accepted", "failed"] })).resolves.toEqual(["a", "b"]);
  await expect(ids({ proof: other })).resolves.toEqual(["b"]);
  await commit(catalog, (writer) => updateRequest(writer, "a", { state: "running", install: null }));
  await expect(findRequest(catalog, "a")).resolves.toEqual(row("a", { state: "running", install: null }));
  await expect(commit(catalog, (writer) => removeEndedRequests(writer, "failed", 6))).resolves.toBe(1);
  await expect(commit(catalog, (writer) => removeEndedRequests(writer, "done", 6))).resolves.toBe(0);
  await expect(countOpenRequests(catalog)).resolves.toBe(1);
  await expect(ids()).resolves.toEqual(["a", "c"]);
  await expect(findRequest(catalog, "c")).resolves.toMatchObject({ receipt });
});

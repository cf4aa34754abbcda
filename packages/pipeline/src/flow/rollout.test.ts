import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { commit, listReleases, openCatalog, ownFolder, recordRelease } from "../catalog/index.ts";
import { temporaryFolder } from "../catalog/testing/temporary-folder.ts";
import { manifestOf, openArtifacts, openKeys } from "../release/index.ts";
import { NEW_YEAR } from "../release/testing/sample-release.ts";
import { changeRollout } from "./rollout.ts";
import { readRolloutAction, type RolloutAction } from "./rollout-action.ts";
import { sampleReleaseRow } from "./testing/sample-release-row.ts";

const channel = "sample/stable";

/** A channel with releases of the named models, for all, whose one artifact stands. */
async function openChannel(...models: readonly string[]) {
  const folder = temporaryFolder(onTestFinished);
  const owner = await ownFolder(folder, { command: "test" });
  onTestFinished(() => owner.release());
  const catalog = await openCatalog(folder, { epoch: owner.epoch });
  onTestFinished(() => catalog.close());
  const keys = await openKeys(join(folder, "keys"), { now: NEW_YEAR });
  const artifacts = await openArtifacts(owner.layout.artifact);
  const artifact = await artifacts.put(new Uint8Array(3));
  for (const [at, model] of models.entries()) {
    const row = sampleReleaseRow(keys, { version: at + 1, model, artifact, status: "offered" });
    await commit(catalog, (writer) => recordRelease(writer, row));
  }
  let now = NEW_YEAR + 100;
  const context = { catalog, keys, artifacts, clock: () => (now += 1), channel };
  return {
    change: (action: RolloutAction) => changeRollout(context, action),
    read: async () =>
      (await listReleases(catalog, channel)).map((row) => {
        const { kill, rollout } = manifestOf(row);
        return `${row.version} ${row.id[0]} ${row.status} ${kill ? "kill" : (rollout?.share ?? 1)}`;
      }),
  };
}

test("a halt that is asked twice withdraws once", async () => {
  const { change, read } = await openChannel("a", "b");
  await change({ channel, kind: "halt", version: 2 });
  const after = ["1 a replaced 1", "2 b withdrawn 1", "3 a offered 1"];
  expect(await read()).toEqual(after);
  await expect(change({ channel, kind: "halt", version: 2 })).rejects.toThrow(/version 3.*NOT_FOUND/);
  // Also by one who has looked again.
  await expect(change({ channel, kind: "halt", version: 3 })).rejects.toThrow(/nothing on trial.*NOT_FOUND/);
  expect(await read()).toEqual(after);
});

test("a change of what is on offer no more is refused; versions of the release that was seen are halted", async () => {
  const { change, read } = await openChannel("a", "b");
  await change({ channel, kind: "share", share: 0.5, version: 2 });
  await expect(change({ channel, kind: "share", share: 0.9, version: 2 })).rejects.toThrow(/NOT_FOUND/);
  expect((await read()).at(-1)).toBe("3 b offered 0.5");
  await change({ channel, kind: "halt", version: 2 });
  expect(await read()).toEqual(["1 a replaced 1", "2 b withdrawn 1", "3 b withdrawn 0.5", "4 a offered 1"]);
});

test("a kill switch is for whatever is on offer, and ends what was before it", async () => {
  const { change, read } = await openChannel("a", "b");
  await change({ channel, kind: "kill" });
  await expect(change({ channel, kind: "kill" })).rejects.toThrow(/nothing on offer.*NOT_FOUND/);
  await change({ channel, kind: "offer", version: 2, share: 0.5 });
  await change({ channel, kind: "halt", version: 4 });
  expect((await read()).slice(2)).toEqual(["3 b replaced kill", "4 b withdrawn 0.5", "5 b offered kill"]);
});

test("another channel's action changes nothing here", async () => {
  const { change, read } = await openChannel("a", "b");
  for (const action of [{ kind: "kill" }, { kind: "halt", version: 2 }] as const) {
    await expect(change({ ...action, channel: "gait/stable" })).rejects.toThrow(/gait\/stable.*NOT_FOUND/);
  }
  expect(await read()).toEqual(["1 a replaced 1", "2 b offered 1"]);
});

test.each([
  null,
  "halt",
  { kind: "halt", version: 1 },
  { channel: "", kind: "kill" },
  { channel, kind: "halt" },
  { channel, kind: "halt", version: "1" },
  { channel, kind: "share", share: 0.5 },
  { channel, kind: "share", version: 1 },
  { channel, kind: "share", version: 1, share: 2 },
  { channel, kind: "offer", version: 1.5, share: 1 },
  { channel, kind: "widen", version: 1 },
])("%j is no action", (value) => {
  expect(() => readRolloutAction(value)).toThrow(/ARGUMENT_INVALID/);
});

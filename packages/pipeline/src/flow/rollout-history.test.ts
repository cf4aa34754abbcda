import { join } from "node:path";
import { expect, test } from "vitest";
import { openKeys } from "../release/index.ts";
import { NEW_YEAR } from "../release/testing/sample-release.ts";
import { temporaryFolder } from "../release/testing/temporary-folder.ts";
import { formerManifest, rolloutHistory } from "./rollout-history.ts";
import { sampleReleaseRow } from "./testing/sample-release-row.ts";

const keys = await openKeys(join(temporaryFolder(), "keys"), { now: NEW_YEAR });

/**
 * Rows of a channel from words such as `a0.1!`: the model, its share (1 where none is said), `!` where it was withdrawn,
 * `x` where it is a kill switch. The last one is on offer.
 */
const rowsOf = (text: string) =>
  text.split(" ").map((word, at, { length }) => {
    const [, model, share, mark] = /^([a-f])([\d.]*)([!x]?)$/.exec(word)!;
    return sampleReleaseRow(keys, {
      version: at + 1,
      model: model!,
      share: Number(share || 1),
      kill: mark === "x",
      status: mark === "!" ? "withdrawn" : at + 1 === length ? "offered" : "replaced",
    });
  });

test.each([
  ["a", null],
  ["a b0.1", 1],
  ["a b0.1 b0.5", 1],
  ["a b0.1! a c0.1", 3],
  ["a0.1 b0.1", 1],
  // Nothing from before a kill switch comes back, also not where it was offered to a share only.
  ["a ax b0.1", null],
  ["a b bx c0.1", null],
  ["a ax b c0.1", 3],
  // A model whose newest offer was withdrawn does not come back by an older one.
  ["a b a! b c0.1", 4],
  ["a c a! b0.1", 2],
])("%s: withdrawn, phones go back to version %s", (rows, former) => {
  expect(rolloutHistory(rowsOf(rows))!.former?.version ?? null).toBe(former);
});

test.each([
  ["a", false],
  ["a a", false],
  ["a b! a", true],
  ["a b! a a", true],
  // To a share first, and then to all: on trial from its beginning to its end.
  ["a b a0.1", false],
  ["a b a0.1 a", false],
  // Withdrawn, or switched off, and offered again.
  ["a b! a b", false],
  ["a ax a", false],
])("%s: that what is on offer is a return, not a trial, is %s", (rows, isReturn) => {
  expect(rolloutHistory(rowsOf(rows))!.isReturn).toBe(isReturn);
});

test("after a kill switch nothing is on offer", () => {
  expect(rolloutHistory(rowsOf("a ax"))).toBeNull();
  expect(rolloutHistory([])).toBeNull();
});

test("phones outside of a share take the newest other model for all since the last kill switch", () => {
  expect(formerManifest(rowsOf("a b c0.1"))?.version).toBe(2);
  expect(formerManifest(rowsOf("a b"), "b".repeat(64))?.version).toBe(1);
  // The kill switch of the very model that is offered again ended the others too.
  expect(formerManifest(rowsOf("a b bx"), "b".repeat(64))).toBeNull();
  expect(formerManifest(rowsOf("a ax b0.1"))).toBeNull();
});

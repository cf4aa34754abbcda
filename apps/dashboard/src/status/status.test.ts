import * as fc from "fast-check";
import { expect, test } from "vitest";
import { exampleStatus } from "../../testing/example-status.ts";
import { keepEqual } from "./keep-equal.ts";
import { readStatus } from "./read-status.ts";
import { STAGE_NAMES } from "./stage.ts";

test("a complete status and report are read as they are", () => {
  for (const step of [0, 10, 25, 40]) {
    const status = exampleStatus(step);
    expect(readStatus(JSON.parse(JSON.stringify(status)))).toEqual(status);
  }
});

test("what is not a status of format 1 is refused", () => {
  for (const value of [null, undefined, 4, "status", [], {}, { format: 2 }])
    expect(readStatus(value)).toBeNull();
});

test("any JSON with the format is read, with eight stages in order and numbers where numbers belong", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...Object.keys(exampleStatus(0))), fc.jsonValue()),
      (fields) => {
        const status = readStatus({ ...fields, format: 1 })!;
        expect(status.stages.map((stage) => stage.name)).toEqual(STAGE_NAMES);
        expect(Number.isFinite(status.now) && Number.isFinite(status.ingest.accepted)).toBe(true);
        expect(readStatus(status)).toEqual(status);
      },
    ),
  );
});

test("a status that lacks one field still shows the others", () => {
  const status = exampleStatus(40);
  for (const key of Object.keys(status).filter((key) => key !== "format")) {
    const partial: Record<string, unknown> = { ...status };
    delete partial[key];
    expect(Object.keys(readStatus(partial)!).sort()).toEqual(Object.keys(status).sort());
  }
});

test("fields that say the same keep their identity", () => {
  const before = exampleStatus(12);
  const now = keepEqual(before, { ...structuredClone(before), now: before.now + 1 });
  expect(now.stages).toBe(before.stages);
  expect(now.ingest).toBe(before.ingest);
  expect(now.now).toBe(before.now + 1);
});

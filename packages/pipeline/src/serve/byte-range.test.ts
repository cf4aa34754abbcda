import { expect, test } from "vitest";
import { byteRange } from "./byte-range.ts";

test.each([
  ["bytes=0-9", { first: 0, last: 9 }],
  ["bytes=90-", { first: 90, last: 99 }],
  ["bytes=90-1000", { first: 90, last: 99 }],
  ["bytes=99-99", { first: 99, last: 99 }],
  ["bytes=-10", { first: 90, last: 99 }],
  ["bytes=-1000", { first: 0, last: 99 }],
  ["bytes=100-", null],
  ["bytes=100-200", null],
  ["bytes=-0", null],
  [undefined, undefined],
  ["bytes=-", undefined],
  ["bytes=9-0", undefined],
  ["bytes=0-1,5-6", undefined],
  ["bytes= 0-1", undefined],
  ["items=0-1", undefined],
  [`bytes=${"9".repeat(99)}-`, undefined],
] as const)("%s of 100 bytes", (header, range) => {
  expect(byteRange(header, 100)).toEqual(range);
});

test("nothing of an empty file can be had", () => {
  expect(byteRange("bytes=0-", 0)).toBeNull();
  expect(byteRange("bytes=-5", 0)).toBeNull();
});

import { expect, test } from "vitest";
import { parseRegion } from "./wire-region.ts";

test.each([
  ["eu", "eu"],
  ["EU", "eu"],
  ["us-east-1", "us-east-1"],
  ["1", "1"],
  ["a".repeat(32), "a".repeat(32)],
])("%j is the region %j", (text, region) => {
  expect(parseRegion(text)).toBe(region);
});

test.each([
  "",
  "-eu",
  "eu-",
  "eu west",
  "eu\n",
  "../us",
  "ЕU",
  "eu\u0000",
  "a".repeat(33),
  null,
  undefined,
  1,
  ["eu"],
  {},
])("%j is none", (value) => {
  expect(parseRegion(value)).toBeNull();
});

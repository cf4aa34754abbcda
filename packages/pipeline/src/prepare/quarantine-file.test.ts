import { frame } from "@tideline/learn/frame";
import { expect, test } from "vitest";
import { quarantineLines } from "./quarantine-file.ts";

test("times in quarantine keep their microseconds, and those that no date has are told", () => {
  const bad = frame([
    { kind: "string", name: "quarantine_reason", codes: new Int32Array(2), dictionary: ["t: range"] },
    { kind: "integer", name: "quarantine_row", values: new BigInt64Array(2) },
    { kind: "time", name: "t", values: new Float64Array([1_700_000_000_123_456, 1e19]) },
  ]);
  const lines = [...quarantineLines("check", undefined, bad)];
  expect(lines.map(({ values }) => values!["t"])).toEqual([
    "2023-11-14T22:13:20.123456Z",
    "10000000000000000000",
  ]);
});

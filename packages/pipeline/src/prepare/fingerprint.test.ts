import { expect, test } from "vitest";
import { fingerprint } from "./fingerprint.ts";

const of = (value: unknown) => fingerprint(value, "test");

test("different options have different hashes; the order of fields and absent ones do not count", () => {
  const values: readonly unknown[] = [
    null,
    0,
    -0,
    Number.NaN,
    Infinity,
    "",
    "0",
    "\ud800",
    "\ufffd",
    true,
    "true",
    1n,
    1,
    [],
    {},
    [[]],
    [1, 2],
    [12],
    ["1", "2"],
    ["1,2"],
    { a: 1 },
    { b: 1 },
    { a: { b: 1 } },
    { a: [1] },
    new Float32Array([1]),
    new Float64Array([1]),
    new Uint8Array([0, 0, 128, 63]),
    /a/u,
    /a/iu,
    "/a/u",
    new Date(0),
  ];
  expect(new Set(values.map(of)).size).toBe(values.length);
  expect(of({ a: 1, b: [2] })).toBe(of({ b: [2], c: undefined, a: 1 }));
});

test("what has no text of its own is refused where it stands", () => {
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  for (const [value, field] of [
    [{ a: [() => 1] }, "options.a\\[0\\]: .*received a function"],
    [{ a: Symbol("a") }, "options.a: .*received a symbol"],
    [new Map(), "options: .*received a Map"],
    [cycle, "options(.self)+: .*or a cycle"],
  ] as const)
    expect(() => of(value)).toThrow(new RegExp(`${field}.*DEFINITION_ILLEGAL`, "u"));
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { columnNamed, frame } from "./frame.ts";
import { concatFrames } from "./concat-frames.ts";
import { frameOf, type PlainColumn } from "./frame-of.ts";
import { anyFrame, cells } from "./testing/any-frame.ts";

const join = (...parts: readonly PlainColumn[]) =>
  columnNamed(concatFrames(parts.map((x) => frameOf({ x }))), "x");

test("rows of frames follow each other", () => {
  fc.assert(
    fc.property(anyFrame(12), anyFrame(12), anyFrame(12), (...frames) => {
      const joined = concatFrames(frames);
      frame(joined.columns);
      expect(cells(joined)).toEqual(frames.flatMap(cells));
    }),
    { numRuns: 100 },
  );
});

test("whole numbers become the narrowest type that holds all, floats the wider one", () => {
  expect(join(Int8Array.of(-1), Uint8Array.of(255))).toMatchObject({ values: Int16Array.of(-1, 255) });
  expect(join(Int8Array.of(-1), Int8Array.of(5))).toMatchObject({ values: Int8Array.of(-1, 5) });
  expect(join(Uint8Array.of(1), Uint16Array.of(5))).toMatchObject({ values: Uint16Array.of(1, 5) });
  expect(join(Int32Array.of(-1), Uint32Array.of(4e9))).toMatchObject({
    values: BigInt64Array.of(-1n, 4_000_000_000n),
  });
  expect(join(Uint16Array.of(1), BigUint64Array.of(5n))).toMatchObject({ values: BigUint64Array.of(1n, 5n) });
  expect(join(Int8Array.of(1), BigUint64Array.of(5n))).toMatchObject({ values: BigInt64Array.of(1n, 5n) });
  expect(() => join(Int8Array.of(1), BigUint64Array.of(2n ** 63n))).toThrow(/9223372036854775808 beside/u);
  expect(join(Float32Array.of(1), Float64Array.of(0.1))).toMatchObject({ values: Float64Array.of(1, 0.1) });
  expect(join(Float32Array.of(1), Float32Array.of(2)).kind === "float").toBe(true);
});

test("dictionaries are merged, a shared one is kept", () => {
  expect(join(["b", null, "a"], ["a", "c"])).toMatchObject({
    codes: Int32Array.of(0, -1, 1, 1, 2),
    dictionary: ["b", "a", "c"],
  });
  const x = { kind: "string", name: "x", codes: Int32Array.of(1), dictionary: ["u", "v"] } as const;
  expect((join(x, x) as typeof x).dictionary).toBe(x.dictionary);
});

test("what does not go together is named", () => {
  expect(() => concatFrames([])).toThrow(/at least one/u);
  expect(() => join([1], ["a"])).toThrow(/frames\[1\], column "x".*a float column.*a string column/u);
  expect(() => join([[1, 2]], [[1, 2, 3]])).toThrow(/width 2.*width 3/u);
  expect(() => concatFrames([frameOf({ x: [1] }), frameOf({ y: [1] })])).toThrow(/a column "y"/u);
  expect(() => concatFrames([frameOf({ x: [1], y: [1] }), frameOf({ x: [1] })])).toThrow(/no column "y"/u);
});

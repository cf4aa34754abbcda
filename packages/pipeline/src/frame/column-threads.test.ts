import { equalFrames, frameOf, type Column } from "@tideline/learn/frame";
import { chain, oneHotEncoder, simpleImputer, standardScaler } from "@tideline/learn/transform/column";
import { expect, test } from "vitest";
import { nodeColumnThreads } from "./column-threads.ts";

const ROWS = 500;

function share<Values extends Int32Array | Float64Array>(values: Values): Values {
  const out = new (values.constructor as new (room: SharedArrayBuffer) => Values)(
    new SharedArrayBuffer(values.byteLength),
  );
  out.set(values);
  return out;
}

const given = frameOf({
  a: Float64Array.from({ length: ROWS }, (_, row) => (row % 7 === 0 ? Number.NaN : Math.sin(row))),
  b: Float64Array.from({ length: ROWS }, (_, row) => row % 100),
  c: Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? null : `größe ${row % 13}`)),
});
const rows = {
  ...given,
  columns: given.columns.map((one) =>
    one.kind === "string"
      ? { ...one, codes: share(one.codes) }
      : ({ ...one, values: share(one.values as Float64Array) } as Column),
  ),
};
const steps = [
  simpleImputer({ columns: ["a"] }),
  standardScaler({ columns: ["a", "b"] }),
  oneHotEncoder({ columns: ["c"], dtype: "boolean" }),
];

test("threads of Node give what this one gives, again and again, until they are released", async () => {
  const threads = { ...nodeColumnThreads(2), least: 0 };
  const alone = chain(steps).fitTransform(given);
  // What cannot be sent to a thread is done without, and the threads work on.
  const unsent = { ...rows, columns: rows.columns.map((one) => ({ ...one, made: () => 0 })) };
  const [first, ...others] = [rows, rows, unsent].map((of) => chain(steps).fitTransformWith(threads, of));
  for (const made of [await first!, ...(await Promise.all(others))]) {
    expect(made.chain.store()).toEqual(alone.chain.store());
    expect(equalFrames(made.rows, alone.rows)).toBe(true);
  }
  expect((await chain(steps).fitTransformWith(threads, rows)).chain.store()).toEqual(alone.chain.store());
  expect(equalFrames(rows, given)).toBe(true);
  await threads.release();
  await expect(chain(steps).fitTransformWith(threads, rows)).rejects.toThrow(/UNAVAILABLE/);
});

test("a crew of this thread alone works, and other numbers of threads are refused", async () => {
  const alone = { ...nodeColumnThreads(1), least: 0 };
  const made = await chain(steps).fitTransformWith(alone, rows);
  expect(equalFrames(made.rows, chain(steps).fitTransform(given).rows)).toBe(true);
  for (const threads of [0, -1, 1.5, Number.NaN, 257, Infinity])
    expect(() => nodeColumnThreads(threads)).toThrow(/nodeColumnThreads.*ARGUMENT_INVALID/);
});

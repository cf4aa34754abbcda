import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { mutated } from "../../../test/table/mutate.ts";
import { sourceOf } from "../../../test/table/random.ts";
import { loadTable } from "./index.ts";

const folder = join(import.meta.dirname, "../../../vectors/table");
const tables = readdirSync(folder)
  .filter((file) => file.endsWith(".tlm"))
  .map((file) => new Uint8Array(readFileSync(join(folder, file))))
  .filter((bytes) => bytes.length < 4000);

afterEach(() => void vi.unstubAllGlobals());

type Numbers = Float32Array | Float64Array | Int32Array | Uint32Array;

/** A typed array that throws where a position is not its own; JavaScript's own would read undefined and write nothing. */
function fenced(array: Numbers): Numbers {
  const own = (key: string | symbol): boolean => {
    if (typeof key === "symbol" || !/^-?[\d.]+(e[+-]\d+)?$|^NaN$/.test(key)) return false;
    if (!/^\d+$/.test(key) || Number(key) >= array.length) throw new RangeError(`position ${key}`);
    return true;
  };
  return new Proxy(array, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (own(key)) return value;
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
    set: (target, key, value) => (own(key), Reflect.set(target, key, value, target)),
  });
}

/** Fences every typed array that is made from now on. */
function fence(): void {
  for (const kind of [Float32Array, Float64Array, Int32Array, Uint32Array])
    vi.stubGlobal(
      kind.name,
      new Proxy(kind, { construct: (target, args) => fenced(Reflect.construct(target, args) as Numbers) }),
    );
}

/** Loads and runs, where it is a table at all. */
function attempt(bytes: Uint8Array): "refused" | "run" {
  let table;
  try {
    table = loadTable(bytes);
  } catch (error) {
    expect(error).toMatchObject({ name: "TidelineError", code: "MODEL_MALFORMED" });
    return "refused";
  }
  const size = table.input.dims.reduce((product, dim) => product * dim, 1);
  const input = Array.from({ length: size }, (_, at) => Math.sin(at));
  table.run(input as unknown as Float32Array);
  for (const index of table.outputs.keys()) table.read(index);
  return "run";
}

test("the fence works", () => {
  fence();
  const array = new Float32Array(2);
  array[1] = 3;
  expect(array[1]).toBe(3);
  expect([...array.subarray(1)]).toEqual([3]);
  expect(() => array[2]).toThrow(RangeError);
  expect(() => (array[-1] = 1)).toThrow(RangeError);
  expect(() => array[0.5]).toThrow(RangeError);
  expect(() => array[Number.NaN]).toThrow(RangeError);
});

test("mutated tables are refused or run, and reach for nothing that is not theirs", () => {
  const source = sourceOf(99);
  const counts = { refused: 0, run: 0 };
  for (let round = 0; round < 3000; round++) {
    const bytes = mutated(source, source.pick(tables));
    const started = performance.now();
    const result = attempt(bytes);
    counts[result] += 1;
    // Again behind the fence, which makes it some fifty times slower.
    if (result === "refused" || performance.now() - started > 5) continue;
    fence();
    expect(attempt(bytes)).toBe("run");
    vi.unstubAllGlobals();
  }
  console.log(`mutated tables: ${JSON.stringify(counts)}`);
  expect(counts.run).toBeGreaterThan(300);
  expect(counts.refused).toBeGreaterThan(1000);
});

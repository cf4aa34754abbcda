import { readFileSync } from "node:fs";
import { tableChecksum } from "@tideline/graph";
import { isTidelineError } from "@tideline/spec";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import { categories, numbers, randomEnsemble } from "../testing/random-ensemble.ts";
import { HEADER } from "./format.ts";
import { readLightgbm } from "../lightgbm/read-lightgbm.ts";
import { readEnsemble } from "./read-ensemble.ts";
import { writeEnsemble } from "./write-ensemble.ts";

const form = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 0, max: 5 }),
  leaves: fc.integer({ min: 1, max: 20 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  wide: fc.boolean(),
  average: fc.boolean(),
  names: fc.uniqueArray(fc.string({ unit: "binary" }), { minLength: 1, maxLength: 3 }),
  codes: fc.constantFrom(1, 33),
});
function made({
  seed,
  names,
  codes,
  ...rest
}: typeof form extends fc.Arbitrary<infer T> ? T : never): TreeEnsemble {
  const features = [
    ...numbers(names.length, seed % 2 === 0).map((feature, at) => ({ ...feature, name: names[at]! })),
    categories(`${names.join()}c`, codes),
  ];
  return randomEnsemble(seededRandom(seed), { ...rest, features });
}

/** Bytes with the length and the checksum that they should have. */
function sealed(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, tableChecksum(bytes), true);
  return bytes;
}

describe("a stored ensemble", () => {
  const vectors = new URL("../../../../../../vectors/", import.meta.url);
  const cases = JSON.parse(readFileSync(new URL("tree/lightgbm.json", vectors), "utf8")) as readonly {
    readonly name: string;
    readonly model: string;
  }[];
  test.each([
    { file: "categories", name: "pandas categories" },
    { file: "zeros", name: "missing as zero" },
    { file: "classes", name: "multiclass" },
  ])("of version 1 is still read: $file", ({ file, name }) => {
    const bytes = new Uint8Array(readFileSync(new URL(`compat/v1-trees/${file}.tlte`, vectors)));
    const { ensemble } = readLightgbm(cases.find((one) => one.name === name)!.model);
    expect(readEnsemble(bytes)).toEqual(ensemble);
    expect(writeEnsemble(ensemble)).toEqual(bytes);
  });

  test("comes back as it was, and the same bytes of it", () => {
    fc.assert(
      fc.property(form, (given) => {
        const ensemble = made(given);
        const bytes = writeEnsemble(ensemble);
        const read = readEnsemble(bytes);
        expect(read).toEqual(ensemble);
        expect(writeEnsemble(read)).toEqual(bytes);
      }),
      { numRuns: 80 },
    );
  });

  test("takes little room: whole counts and single precision where that loses nothing", () => {
    const ensemble = randomEnsemble(seededRandom(1), {
      trees: 100,
      leaves: 31,
      exact: true,
      features: numbers(9),
    });
    // A threshold a branch and a value and a gain a node of eight bytes, all else less than eight more.
    const nodes = 100 * 61;
    expect(writeEnsemble(ensemble).length).toBeLessThan(nodes * (4 + 8 + 8 + 8));
  });

  const ensemble = made({
    seed: 6,
    trees: 3,
    leaves: 9,
    outputs: 2,
    wide: false,
    average: false,
    names: ["a", "b"],
    codes: 33,
  });
  const bytes = writeEnsemble(ensemble);

  test("is refused when any byte is another, missing or too many", () => {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      expect(() => readEnsemble(damaged)).toThrow("MODEL_MALFORMED");
    }
    for (const end of [0, 3, 15, 16, 17, bytes.length - 1])
      expect(() => readEnsemble(bytes.slice(0, end))).toThrow("MODEL_MALFORMED");
    expect(() => readEnsemble(Uint8Array.of(...bytes, 0))).toThrow("MODEL_MALFORMED");
  });

  test("whoever can make a checksum gets a sound ensemble or an error of ours", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 17), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(bytes.length),
        (changes, cut) => {
          const changed = bytes.slice(0, cut % 5 === 0 ? Math.max(HEADER, cut) : bytes.length);
          for (const [at, byte] of changes) changed[HEADER + (at % (changed.length - HEADER || 1))] = byte;
          try {
            const read = readEnsemble(sealed(changed));
            expect(readEnsemble(writeEnsemble(read))).toEqual(read);
          } catch (error) {
            expect(isTidelineError(error, "MODEL_MALFORMED") ? "" : String(error)).toBe("");
          }
        },
      ),
      { numRuns: 1500 },
    );
  });
});

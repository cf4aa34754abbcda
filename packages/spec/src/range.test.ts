import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addRange, countSequences, hasSequence, sequenceSet, type SequenceSet } from "./range.ts";

const range = fc
  .tuple(fc.nat(60), fc.nat(8))
  .map(([from, length]): readonly [number, number] => [from, from + length]);
const members = ([from, to]: readonly [number, number]): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** What a set promises of its form: sorted, disjoint, never adjacent. */
function isCompact(set: SequenceSet): boolean {
  return set.every(([from, to], index) => from <= to && (index === 0 || from > set[index - 1]![1] + 1));
}

test("a set holds what a Set holds, however its ranges came, and stays compact", () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), (ranges) => {
      const model = new Set(ranges.flatMap(members));
      let set: SequenceSet = [];
      for (const item of ranges) {
        const before = JSON.stringify(set);
        const next = addRange(set, item);
        expect(JSON.stringify(set)).toBe(before);
        set = next;
      }
      expect(isCompact(set)).toBe(true);
      for (let sequence = 0; sequence <= 70; sequence += 1) {
        expect(hasSequence(set, sequence)).toBe(model.has(sequence));
      }
      expect(countSequences(set)).toBe(model.size);
      expect(sequenceSet(ranges.flatMap(members))).toEqual(set);
    }),
  );
});

test("an empty set holds nothing", () => {
  expect(hasSequence([], 0)).toBe(false);
  expect(countSequences(sequenceSet([]))).toBe(0);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { personIntervals, type PersonInterval } from "./person-interval.ts";
import type { PersonLink } from "./person-link.ts";

const link = (from: string, to: string, known: number): PersonLink => ({ from, to, known });

/** Who a pseudonym means at a time. */
function personAt(intervals: readonly PersonInterval[], subject: string, time: number): string {
  return intervals.findLast((one) => one.subject === subject && one.since <= time)?.person ?? subject;
}

/** The slow, obvious meaning: the links known by a time, one after the other, each followed to its end. */
function meaning(links: readonly PersonLink[], subject: string, time: number): string {
  const order = (one: PersonLink): string => `${String(one.known).padStart(3, "0")} ${one.from} ${one.to}`;
  const next = new Map<string, string>();
  const follow = (from: string): string => (next.has(from) ? follow(next.get(from)!) : from);
  const known = links.filter((one) => one.known <= time);
  for (const one of known.sort((left, right) => (order(left) < order(right) ? -1 : 1))) {
    if (!next.has(one.from) && follow(one.to) !== one.from) next.set(one.from, one.to);
  }
  return follow(subject);
}

test("an install means its first user from when that was known, and chains are followed", () => {
  const intervals = personIntervals([
    link("install", "anna", 5),
    link("anna", "anna-2", 9),
    link("install", "ben", 7),
  ]);
  expect([4, 5, 8, 9].map((time) => personAt(intervals, "install", time))).toEqual([
    "install",
    "anna",
    "anna",
    "anna-2",
  ]);
  expect(personAt(intervals, "ben", 9)).toBe("ben");
});

test("names that go in a circle end where the circle began", () => {
  const intervals = personIntervals([link("a", "b", 1), link("b", "a", 2), link("b", "c", 3)]);
  expect([1, 2, 3].map((time) => personAt(intervals, "a", time))).toEqual(["b", "b", "c"]);
});

const name = fc.constantFrom("a", "b", "c", "d", "e", "f");
const links = fc.array(
  fc.record({ from: name, to: name, known: fc.nat(20) }).filter(({ from, to }) => from !== to),
  { maxLength: 14 },
);

test("intervals mean what the links known by each time mean", () => {
  fc.assert(
    fc.property(links, name, fc.nat(21), (all, subject, time) => {
      const intervals = personIntervals(all);
      expect(personAt(intervals, subject, time)).toBe(meaning(all, subject, time));
      expect(new Set(intervals.map((one) => `${one.subject} ${one.since}`)).size).toBe(intervals.length);
    }),
    { numRuns: 2000 },
  );
});

test("a late link changes nothing of before", () => {
  fc.assert(
    fc.property(links, links, fc.nat(20), (early, late, gap) => {
      const before = early.filter(({ known }) => known <= gap);
      const after = late.map((one) => ({ ...one, known: one.known + gap + 1 }));
      const alone = personIntervals(before);
      expect(personIntervals([...after, ...before]).slice(0, alone.length)).toEqual(alone);
    }),
  );
});

import { expect, test } from "vitest";
import { named } from "../dataset/testing/pose-study.ts";
import { referenceOfPeople } from "./reference-of-people.ts";
import { madeReference, madeRows } from "./testing/made-live.ts";

const names = named("t", 4);
const rows = madeRows(names, 30, 0, { seed: 1 });
const reference = madeReference(rows);

test("histograms of one person's pseudonyms are added up, as if the rows had had one name", () => {
  const personOf = (pseudonym: string): string => (pseudonym === "t3" ? "t1" : pseudonym);
  const found = referenceOfPeople(reference, names.toReversed(), personOf);
  const { edges, ...meant } = madeReference(rows.map((row) => ({ ...row, person: personOf(row.person) })));
  expect(found).toEqual({ ...meant, edges: reference.edges });
  expect(edges).toEqual(reference.edges);
});

test("where everybody has one name, and where the list is of other people, nothing changes", () => {
  expect(referenceOfPeople(reference, names, (name) => name)).toBe(reference);
  expect(referenceOfPeople(reference, names.slice(1), () => "t0")).toBe(reference);
});

import { expect, test } from "vitest";
import { frameOf, rebatchSource, sourceOf } from "../learn-frame.ts";
import * as c from "../learn-check.ts";

const table = frameOf({
  age: [20, 200, null, 300, 31, 400, 500, 600, 700],
  email: ["a", "b@mail.example", "c", "d", "e", "f", "g", "h", "i"],
  note: ["x", "someone@mail.example", "y".repeat(900), "z", "z", "z", "z", "z", "z"],
});
const set = c.checks({
  columns: {
    age: [c.range(0, 130, { severity: "quarantine" }), c.notMissing({ share: 0.2 })],
    email: [c.pattern(/^.$/u)],
    note: [c.pattern(/^.$/u), c.like(c.referenceOf(table.columns[2]!), { test: "psi", atMost: 1 })],
  },
});

async function reportOf(details: boolean): Promise<c.CheckReport> {
  let found: c.CheckReport | undefined;
  const onReport = (report: c.CheckReport) => void (found = report);
  const source = rebatchSource(sourceOf(table), 2);
  for await (const _ of c.quarantineSource(set, source, { details, onReport }).read());
  return found!;
}

test("the first rows that break a check, at their place in the whole, without what may tell who a person is", async () => {
  const { findings } = await reportOf(true);
  const examples = (at: number) => findings[at]!.examples!.map(({ row, value }) => [row, value]);
  expect(examples(0)).toEqual([
    [1, "200"],
    [3, "300"],
    [5, "400"],
    [6, "500"],
    [7, "600"],
  ]);
  expect(examples(1)).toEqual([[2, ""]]);
  expect(examples(2)).toEqual([[1, null]]);
  expect(examples(3)).toEqual([
    [1, null],
    [2, "y".repeat(200)],
  ]);
  const { reference, counts } = findings[4]!.distribution!;
  expect(reference).toEqual(c.referenceOf(table.columns[2]!));
  expect(counts.reduce((sum, one) => sum + one)).toBe(3);
});

test("what is wanted is said with its bounds", async () => {
  const { findings } = await reportOf(false);
  expect(findings.map(({ expected }) => expected).slice(0, 3)).toEqual([
    "from 0 to 130, rows that break it are taken out",
    "a value, in all but 20 % of the rows",
    "texts with /^.$/u, in every row",
  ]);
});

test("no value of a row and no distribution is in a report unless asked for: a chain keeps its reports", async () => {
  const text = JSON.stringify(await reportOf(false));
  expect(text).not.toMatch(/examples|distribution|200"|someone/u);
});

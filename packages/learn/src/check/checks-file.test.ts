import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as c from "../learn-check.ts";

/** A set with every kind of check, and every option that there is. */
const EVERY = c.checks({
  columns: {
    age: [
      c.type("integer"),
      c.range(0, 130, { severity: "quarantine", share: 0.05 }),
      c.notMissing({ share: 0.01 }),
      c.like(
        { kind: "numbers", edges: [20, 40.5], counts: [10, 20, 30, 1] },
        { test: "psi", atMost: 0.2, severity: "warn" },
      ),
    ],
    load: [c.finite(), c.range(-Infinity, 1.5), c.range(-0.5, Infinity)],
    city: [
      c.oneOf(["Bonn", "Köln", 7, true], { severity: "warn" }),
      c.like(
        { kind: "texts", values: ["Bonn", "Köln"], counts: [9, 7, 1, 0] },
        { test: "chi-square", pAtLeast: 0.01 },
      ),
    ],
    "the id": [c.unique({ with: ["city"] }), c.pattern(/^id-\d+\/x$/iu), c.custom("known", { share: 0.5 })],
    at: [
      c.rising({ by: "city", strict: true }),
      c.range("2026-01-01", "2027-01-01T00:00:00Z"),
      c.fresh({ within: "2d", severity: "warn" }),
    ],
  },
  rows: [c.count({ atLeast: 10, atMost: 20 })],
});

test("the file of the first version is read, and still written, to the byte", () => {
  const file = new URL("../../../../vectors/compat/v1-checks/checks.json", import.meta.url);
  const text = readFileSync(file, "utf8");
  expect(c.readChecks(text)).toEqual(EVERY);
  expect(c.checksJson(EVERY)).toBe(text);
});

test("the module says every check as a person would write it", () => {
  expect(c.checksModule(EVERY, { from: "a table", notes: [{ column: "age", text: "odd" }] })).toBe(
    `import { checks, count, custom, finite, fresh, like, notMissing, oneOf, pattern, range, rising, type, unique } from "@tideline/learn/check";

// Inferred from a table: a start. Read it, and say more exactly what you know.
export default checks({
  columns: {
    // odd.
    age: [
      type("integer"),
      range(0, 130, { severity: "quarantine", share: 0.05 }),
      notMissing({ share: 0.01 }),
      like({ kind: "numbers", edges: [20, 40.5], counts: [10, 20, 30, 1] }, { test: "psi", atMost: 0.2, severity: "warn" }),
    ],
    load: [finite(), range(-Infinity, 1.5), range(-0.5, Infinity)],
    city: [
      oneOf(["Bonn", "Köln", 7, true], { severity: "warn" }),
      like({ kind: "texts", values: ["Bonn", "Köln"], counts: [9, 7, 1, 0] }, { test: "chi-square", pAtLeast: 0.01 }),
    ],
    "the id": [unique({ with: ["city"] }), pattern(/^id-\\d+\\/x$/iu), custom("known", { share: 0.5 })],
    at: [
      rising({ by: "city", strict: true }),
      range("2026-01-01", "2027-01-01T00:00:00Z"),
      fresh({ within: "2d", severity: "warn" }),
    ],
  },
  rows: [count({ atLeast: 10, atMost: 20 })],
});
`,
  );
});

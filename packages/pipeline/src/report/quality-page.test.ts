import { checkFrame, checks, count, notMissing, oneOf, range } from "@tideline/learn/check";
import { frameOf } from "@tideline/learn/frame";
import { expect, test } from "vitest";
import { qualityPage } from "./quality-page.ts";

const rows = frameOf({ age: [20, 200, Number.NaN, 40], city: ["Bonn", "Ulm", "<b>x", "Bonn"] });
const set = checks({
  columns: {
    age: [range(0, 130, { severity: "quarantine" }), notMissing({ severity: "warn" })],
    city: [oneOf(["Bonn", "Ulm"])],
    absent: [notMissing()],
  },
  rows: [count({ atLeast: 2 })],
});

test("says the verdict, the counts that add up, and each check with what was wanted and found", () => {
  const { report } = checkFrame(set, rows);
  const html = qualityPage(report, { what: "a<script>.csv", at: 0 });
  expect(html).toContain("Data quality of <bdi>a&lt;script&gt;.csv</bdi>");
  expect(html).toMatch(/Failed: a check that must hold/u);
  expect(html).toMatch(/Rows in<\/dt><dd>4</u);
  expect(html).toMatch(/Quarantined<\/dt><dd>1<small>25.0 %/u);
  expect(html).toContain("1 of 4 rows breaks it (25.0 %)");
  expect(html).toContain("a column &quot;absent&quot;");
  expect(html).not.toMatch(/<script|style="|\son\w+=/u);
});

import {
  checkFrame,
  checks,
  count,
  like,
  notMissing,
  oneOf,
  range,
  referenceOf,
} from "@tideline/learn/check";
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

test("shows rows that break a check and distributions beside their reference, where the report has them", () => {
  const before = referenceOf(frameOf({ age: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }).columns[0]!, 4);
  const own = checks({
    columns: { age: [range(0, 130), like(before, { test: "psi", atMost: 0.2 })], city: [oneOf(["Ulm"])] },
  });
  const { report } = checkFrame(own, rows, { details: true });
  const html = qualityPage(report, { what: "a.csv", at: 0 });
  expect(html).toMatch(
    /First rows that break it[^]*<th scope="row" class="number">1<\/th><td class="name"><bdi>200</u,
  );
  expect(html).toContain("<bdi>&lt;b&gt;x</bdi>");
  expect(html).toMatch(/above 7\.75<\/bdi><\/th><td class="number">3<\/td><td class="number">3</u);
  expect(html).toMatch(/\(missing\)<\/bdi><\/th><td class="number">1<\/td><td class="number">0</u);
  const plain = qualityPage(checkFrame(own, rows).report, { what: "a.csv", at: 0 });
  expect(plain).not.toMatch(/First rows|200<|was /u);
});

test("no checks and no rows make a page too", () => {
  const { report } = checkFrame(checks({}), frameOf({ age: new Float64Array() }));
  expect(qualityPage(report, { what: "", at: 0 })).toMatch(
    /Passed: every check holds[^]*There are no checks/u,
  );
});

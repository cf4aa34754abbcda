import { expect, test } from "vitest";
import { compressionPage } from "./compression-page.ts";
import { paretoFront, paretoPlot } from "./plot/pareto-plot.ts";
import { sampleReport, sampleSensitivities } from "./testing/sample-compression.ts";

const HOSTILE = "<script>alert(1)</script>";
const report = sampleReport(HOSTILE);

test("a page says every form, slice, layer and what there is none of, and obeys no name", () => {
  const html = compressionPage(report, {
    what: "gym.onnx",
    at: 0,
    chosen: "int8",
    gate: 0.01,
    sensitivities: sampleSensitivities(HOSTILE),
  });
  expect(html).not.toContain(HOSTILE);
  for (const part of ["trade", "forms", "slices", "layers", "alone"])
    expect(html).toContain(`<h2 id="${part}">`);
  for (const { name, bytes } of report.entries) {
    expect(html).toContain(name.replaceAll("<", "&lt;").replaceAll(">", "&gt;"));
    expect(html).toContain(bytes.toLocaleString("en-GB"));
  }
  expect(html).toMatch(
    /class="verdict pass">.*28\.0 % of the bytes; the score falls by 0\.005, and may by 0\.01/,
  );
  // Person b falls by 0.025 with int8.
  expect(html).toContain("\u25bc 0.9250");
  expect(html.match(/<circle class="mark"/g)!.length).toBe(5);
  expect(html.match(/<rect class="mark"/g)!.length).toBe(1);
});

test("what breaks the gate says so; a report without a choice, slices and layers is a page too", () => {
  expect(compressionPage(report, { what: "m", at: 0, chosen: HOSTILE, gate: 0.01 })).toContain(
    'class="verdict fail"',
  );
  const bare = { ...report, entries: [{ ...report.entries[0]!, slices: {} }], missing: [] };
  const html = compressionPage(bare, { what: "m", at: 0 });
  expect(html).not.toMatch(/verdict |NaN|undefined|id="slices"|id="layers"/);
});

test("the front has no point that another of its group beats", () => {
  const points = [
    { name: "a", cost: 1, score: 0.5, group: "x" },
    { name: "dear", cost: 2, score: 0.5, group: "x" },
    { name: "good", cost: 2, score: 0.9, group: "x" },
    { name: "worse", cost: 3, score: 0.8, group: "x" },
    { name: "apart", cost: 9, score: 0.1, group: "y" },
  ];
  expect(paretoFront(points)).toEqual([true, false, true, false, true]);
  expect(paretoPlot("one", points.slice(0, 1)).html).not.toMatch(/NaN|Infinity/);
});

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { partialDependence } from "../dependence/partial-dependence.ts";
import type { PermutedFeature } from "../importance/permutation-importance.ts";
import { gainImportance } from "../importance/split-importance.ts";
import { shapSummary } from "../shap/shap-summary.ts";
import { shapValues } from "../shap/shap-values.ts";
import { randomCase } from "../testing/random-case.ts";
import { drawDependence } from "./draw-dependence.ts";
import { drawImportance } from "./draw-importance.ts";
import { drawShap } from "./draw-shap.ts";
import { swarmOffsets } from "./swarm.ts";

/** Elements of a well-formed document, their texts put back; throws where tags do not match or a character is illegal. */
function readXml(svg: string): { readonly tags: readonly string[]; readonly text: string } {
  const open: string[] = [];
  const tags: string[] = [];
  const tag = /<(\/?)([a-z]+)((?:\s[a-zA-Z:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)(\/?)>/g;
  const text = svg.replaceAll(tag, (_, end: string, name: string, __, alone: string) => {
    if (end !== "") {
      if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
    } else {
      tags.push(name);
      if (alone === "") open.push(name);
    }
    return "\n";
  });
  expect(open).toEqual([]);
  expect(text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)|[^\P{Cc}\t\n\r]/u);
  expect(svg).not.toMatch(/="[^"]*\b(?:NaN|Infinity|undefined)/);
  const signs: Record<string, string> = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&amp;": "&",
  };
  return { tags, text: text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (sign) => signs[sign]!) };
}

/** Any characters, control characters and halves of pairs among them. */
const texts = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0x10ffff })), {
    maxLength: 40,
  })
  .map((codes) => codes.map((code) => String.fromCodePoint(code)).join(""));

test("drawings of all kinds are well-formed, whatever names and values are", () => {
  fc.assert(
    fc.property(fc.integer(), texts, fc.boolean(), (seed, name, forest) => {
      const { ensemble: plain, table: given } = randomCase({
        seed,
        features: 4,
        outputs: 2,
        rows: 9,
        forest,
      });
      const named = (at: number) => `${at}${name}<&"'>`;
      const ensemble = {
        ...plain,
        features: plain.features.map((feature, at) => ({ ...feature, name: named(at) })),
      };
      const table = {
        ...given,
        columns: given.columns.map((column, at) => ({ ...column, name: named(at) })),
      };
      const options = { title: name, axis: name };
      const shap = shapValues(ensemble, table);
      readXml(drawShap(shap, ensemble, table, { ...options, output: 1 }));
      readXml(drawImportance(gainImportance(ensemble), options));
      readXml(drawImportance(shapSummary(ensemble, table).outputs[1]!, options));
      for (const at of [0, 2, 3])
        readXml(
          drawDependence(partialDependence(ensemble, table, named(at), { ice: at < 3 }), {
            ...options,
            unit: name,
          }),
        );
    }),
    { numRuns: 20 },
  );
});

test("bars come largest first, the others are counted, intervals are drawn, long names end early", () => {
  const features = Array.from({ length: 30 }, (_, at): PermutedFeature => {
    const interval = at === 0 ? { low: -Infinity, high: Infinity } : { low: at - 2, high: at + 1 };
    return {
      feature: `${"long ".repeat(9)}${at}`,
      columns: [],
      mean: at - 1,
      deviation: 1,
      interval,
      losses: new Float64Array(2),
    };
  });
  const { tags, text } = readXml(drawImportance(features, { title: "Loss <b>", axis: "s", most: 5 }));
  expect(tags.filter((tag) => tag === "rect").length).toBe(1 + 5);
  expect(text).toContain("Loss <b>");
  expect(text).toContain(`Largest: ${"long ".repeat(9)}29, 28 (s). The first 5 of 30.`);
  expect(text).toContain("long long long long long long\u2026");
  readXml(drawImportance(features.slice(0, 2)));
});

test("a curve says its range in words, and what is missing stands apart", () => {
  const { ensemble, table } = randomCase({ seed: 1, features: 3, rows: 40 });
  const numeric = partialDependence(ensemble, table, "f0", { ice: true });
  expect(numeric.axes[0]!.values.at(-1)).toBeNaN();
  const drawn = readXml(drawDependence(numeric, { unit: "km/h", curves: 10 }));
  expect(drawn.text).toMatch(/From \S+ at \S+ to \S+ at \S+ \(raw score\), the mean of 40 rows/);
  expect(drawn.text).toContain("missing");
  expect(drawn.text).toContain("f0 (km/h)");
  expect(drawn.tags.filter((tag) => tag === "circle").length).toBe(1);
  const only = partialDependence(ensemble, table, "f0", { grid: { f0: [NaN] } });
  expect(readXml(drawDependence(only)).tags.filter((tag) => tag === "circle").length).toBe(1);
  const categories = partialDependence(ensemble, table, "f2");
  const points = readXml(drawDependence(categories)).tags.filter((tag) => tag === "circle");
  expect(points.length).toBe(categories.axes[0]!.values.length);
});

test("points of one place are spread to both sides, within reach", () => {
  expect(swarmOffsets([10, 10, 10, 90], 12).map((offset) => offset + 0)).toEqual([0, 4, -4, 0]);
  const dense = swarmOffsets(
    Array.from({ length: 101 }, () => 3),
    10,
  );
  expect(Math.max(...dense.map(Math.abs))).toBeLessThanOrEqual(10);
});

test("what is wrong is named", () => {
  const { ensemble, table } = randomCase({ seed: 1, features: 3, rows: 4 });
  const shap = shapValues(ensemble, table);
  expect(() => drawImportance([])).toThrow(
    /features: expected at least one feature.*received none.*ARGUMENT_INVALID/,
  );
  expect(() => drawImportance([{ feature: "a", value: NaN, share: 0 }])).toThrow(/received NaN for "a"/);
  expect(() => drawShap(shap, ensemble, table, { output: 1 })).toThrow(
    /output: expected an integer in 0..0, received 1/,
  );
  const other = randomCase({ seed: 1, features: 3, rows: 5 }).table;
  expect(() => drawShap(shap, ensemble, other)).toThrow(
    /shap: expected values of these 5 rows and 3 features/,
  );
  expect(() => drawDependence(partialDependence(ensemble, table, ["f0", "f1"]))).toThrow(
    /dependence: expected one feature/,
  );
  expect(() => drawDependence(partialDependence(ensemble, table, "f0"), { output: 2 })).toThrow(
    /output: expected/,
  );
});

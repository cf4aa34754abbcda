import { graphBuilder } from "@tideline/graph";
import { expect, test } from "vitest";
import vectors from "../../../../../vectors/prepare/time/clock.json" with { type: "json" };
import { frameOf } from "../../frame/frame-of.ts";
import { numbersOf } from "../../frame/numbers-of.ts";
import { chain } from "../chain.ts";
import { graphInputs } from "../graph-input.ts";
import { calendarFeatures } from "../time/calendar-features.ts";
import { fitTransform } from "../transform.ts";
import { cast } from "./cast.ts";

const clocks = vectors as unknown as readonly (readonly [string, string, number])[];

test.each([...new Set(clocks.map(([zone]) => zone))])("clocks of %s show what zoneinfo says", (timeZone) => {
  const shown = clocks.filter(([zone]) => zone === timeZone);
  const rows = frameOf({ at: shown.map(([, text]) => text) });
  const { columns } = fitTransform(cast({ to: "time", timeZone }), rows).transform(rows);
  expect(Array.from(numbersOf(columns[0]!), (micros) => micros / 1e6)).toEqual(
    shown.map(([, , seconds]) => seconds),
  );
});

test("a text that names its zone is read by that, in a chain before what needs a time", () => {
  const rows = frameOf({ at: ["2024-07-01T12:00:00", "2024-07-01T12:00:00Z", "soon", null] });
  const steps = chain([
    cast({ to: "time", timeZone: "Europe/Berlin" }),
    calendarFeatures({ columns: ["at"], parts: ["hour"] }),
  ]).fit(rows);
  expect([...numbersOf(steps.transform(rows).columns[0]!)]).toEqual([10, 12, Number.NaN, Number.NaN]);
  const g = graphBuilder("texts");
  expect(() => steps.lower(g, graphInputs(g, steps.inputs))).toThrow(/texts are read before a graph/u);
});

test("what has no form in a kind is refused where that is asked for, with the first of them", () => {
  const rows = frameOf({ price: ["1.5", "", "1,5", "free"] });
  const lenient = fitTransform(cast({ to: "float" }), rows);
  expect([...numbersOf(lenient.transform(rows).columns[0]!)]).toEqual([
    1.5,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
  const strict = fitTransform(cast({ to: "float", invalid: "refuse" }), rows);
  expect(() => strict.transform(rows)).toThrow(
    'cast: column "price", row 1: expected what can be a float, received "", and 2 more such rows.',
  );
});

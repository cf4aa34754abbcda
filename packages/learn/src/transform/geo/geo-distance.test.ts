import { graphBuilder, referenceRuntime, writeOnnx } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import vectors from "../../../../../vectors/prepare/geo/great-circle.json" with { type: "json" };
import type { Frame } from "../../frame/column.ts";
import { frameOf } from "../../frame/frame-of.ts";
import { frame } from "../../frame/frame.ts";
import { convertUnit } from "../arithmetic/convert-unit.ts";
import { chain } from "../chain.ts";
import type { FittedChain } from "../fitted-chain.ts";
import { graphFeeds } from "../graph-feed.ts";
import { graphInputs } from "../graph-input.ts";
import { standardScaler } from "../scale/standard-scaler.ts";
import { readTransform, storeTransform } from "../store-transform.ts";
import { fitTransform, type FittedTransform } from "../transform.ts";
import { geoDistance } from "./geo-distance.ts";
import { bearing, haversine } from "./great-circle.ts";

const groups = Object.entries(vectors as Readonly<Record<string, readonly (readonly number[])[]>>);
const ENDS = { from: ["latA", "lonA"], to: ["latB", "lonB"] } as const;

function framed(rows: readonly (readonly number[])[]): Frame {
  const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
  return frameOf({ latA: column(0), lonA: column(1), latB: column(2), lonB: column(3) });
}

/** What a graph gives for a column, by our kernels and by onnxruntime. */
async function lowered(fitted: FittedTransform | FittedChain, rows: Frame, name: string) {
  const g = graphBuilder("geo");
  const made = fitted.lower(g, graphInputs(g, fitted.inputs));
  g.output("out", made.find((column) => column.name === name)!.value);
  const bytes = writeOnnx(g.build());
  return Promise.all(
    [referenceRuntime, onnxruntimeNode].map(async (runtime) => {
      const loaded = await runtime.load(bytes, { threads: 1 });
      const { out } = await loaded.run(graphFeeds(rows, fitted.inputs), ["out"]);
      await loaded.release();
      return Array.from(out!.values as Float32Array);
    }),
  );
}

/** How far two directions are from each other. */
const turn = (left: number, right: number): number => Math.abs(((left - right + 540) % 360) - 180);

describe.each(groups)("places of the group %s", (name, rows) => {
  const most = Math.max(...rows.map((row) => row[4]!));

  test("are as far apart, and in the direction, that fifty digits say", () => {
    for (const [latA, lonA, latB, lonB, metres, degrees] of rows as readonly (readonly [
      number,
      number,
      number,
      number,
      number,
      number,
    ])[]) {
      // A degree of longitude near 540 has fewer digits behind the point.
      const far = name === "opposite" ? 1e-9 * most : 1e-9 * metres + 1e-8;
      expect(Math.abs(haversine(latA, lonA, latB, lonB) - metres)).toBeLessThan(far);
      expect(turn(bearing(latA, lonA, latB, lonB), degrees)).toBeLessThan(1e-4 / metres + 1e-6);
    }
  });

  test("to a millionth of the greatest distance in a graph, and of a circle", async () => {
    const given = framed(rows);
    const distance = fitTransform(geoDistance(ENDS), given);
    expect(distance.inputs.every(({ double }) => double === true)).toBe(true);
    for (const out of await lowered(distance, given, "distance"))
      for (const [row, metres] of out.entries())
        expect(Math.abs(metres - rows[row]![4]!)).toBeLessThan(1e-6 * most);
    const direction = fitTransform(geoDistance({ ...ENDS, measure: "bearing" }), given);
    for (const out of await lowered(direction, given, "bearing"))
      for (const [row, degrees] of out.entries()) expect(turn(degrees, rows[row]![5]!)).toBeLessThan(360e-6);
  });
});

test("what is no place has no distance, in a graph neither", async () => {
  const odd = [Number.NaN, Infinity, -Infinity, 90.0001, -91];
  const rows = odd.flatMap((value) =>
    [0, 1, 2, 3].map((at) => [10, 20, 30, 40].map((own, place) => (place === at ? value : own))),
  );
  const given = framed(rows);
  for (const measure of ["distance", "bearing"] as const) {
    const fitted = fitTransform(geoDistance({ ...ENDS, measure }), given);
    const values = fitted.transform(given).columns.find((column) => column.name === measure)!;
    if (values.kind !== "float") throw new Error(values.kind);
    for (const out of await lowered(fitted, given, measure)) {
      expect(out.map(Number.isNaN)).toEqual(Array.from(values.values, Number.isNaN));
      // Longitudes beyond 90 are none the worse for it.
      expect(out.filter(Number.isNaN).length).toBe(16);
    }
  }
});

test("coordinates stay float64 through a change of unit, beside steps that read them in float32, and when stored", async () => {
  const rows = groups.find(([name]) => name === "local")![1];
  const degrees = framed(rows);
  const radians = frame(
    degrees.columns.map((column) => {
      if (column.kind !== "float") throw new Error(column.kind);
      return { ...column, values: column.values.map((value) => (value * Math.PI) / 180), unit: "rad" };
    }),
  );
  const fitted = chain([
    convertUnit({ to: "deg", columns: ["latA", "lonA", "latB", "lonB"] }),
    geoDistance(ENDS),
    standardScaler({ columns: ["latA"] }),
  ]).fit(radians);
  expect(fitted.inputs.map(({ double }) => double)).toEqual([true, true, true, true]);
  for (const out of await lowered(fitted, radians, "distance"))
    for (const [row, metres] of out.entries()) expect(Math.abs(metres - rows[row]![4]!)).toBeLessThan(1e-4);
  const own = fitTransform(geoDistance(ENDS), degrees);
  const bytes = storeTransform(own);
  expect(new TextDecoder().decode(bytes)).not.toContain("double");
  expect(readTransform(bytes).inputs).toEqual(own.inputs);
});

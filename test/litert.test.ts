import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import { litertFeed, writeLitert, type LitertOptions } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { frame, type Column, type FrameSchema } from "@tideline/learn/frame";
import {
  calendarFeatures,
  fitTransform,
  geoDistance,
  graphInputs,
  recency,
  textInputs,
  type Transform,
} from "@tideline/learn/transform";
import { describe, expect, test } from "vitest";
import { openLitert } from "../packages/pipeline/src/runtime/litert.ts";
import { complaints, runLitert, type LitertFeed } from "./litert/node-litert.ts";
import { imageNet, tokenNet, windowNet } from "./litert/suite-net.ts";
import { ensembleGraphs } from "./litert/suite-tree.ts";

/** A row of a graph: normal numbers, ids below 300. */
function rowOf(model: OnnxModel, seed: number): Readonly<Record<string, LitertFeed>> {
  const random = seededRandom(seed);
  return Object.fromEntries(
    model.graph.inputs.map(({ name, dims, elementType }) => {
      const shape = dims.map((dim) => (typeof dim === "string" ? 1 : dim));
      const length = shape.reduce((product, dim) => product * dim, 1);
      const ids = elementType === "int64";
      const values = ids
        ? Int32Array.from({ length }, () => random.integer(300))
        : Float32Array.from({ length }, () => random.normal());
      return [name, { dims: shape, values }];
    }),
  );
}

function bytesOf(model: OnnxModel, options: LitertOptions = {}): Uint8Array {
  const written = writeLitert(model, options);
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  return written.bytes;
}

/** How far a file's answers are from the interpreter's of a graph. */
async function farFrom(
  model: OnnxModel,
  bytes: Uint8Array,
  rows: readonly Readonly<Record<string, LitertFeed>>[],
): Promise<number> {
  const answers = await runLitert(bytes, rows);
  return rows.reduce((most, row, at) => {
    const [name, { values }] = Object.entries(interpret(model, row))[0]!;
    return values.reduce((far, value, i) => {
      const answer = answers[at]![name]![i]!;
      // Infinities and NaN have no difference.
      return Object.is(value + 0, answer + 0) ? far : Math.max(far, Math.abs(value - answer));
    }, most);
  }, 0);
}

const NETS = [windowNet(), imageNet(), tokenNet()];
const rows = (model: OnnxModel): readonly Readonly<Record<string, LitertFeed>>[] =>
  [1, 2, 3].map((seed) => rowOf(model, seed));

describe("LiteRT for JavaScript says what the interpreter says", () => {
  test.each(NETS.map((model) => [model.graph.name, model] as const))("of %s", async (_, model) => {
    expect(await farFrom(model, bytesOf(model), rows(model))).toBeLessThan(1e-5);
    expect(bytesOf(model)).toEqual(bytesOf(model));
    expect(await farFrom(model, bytesOf(model, { precision: "float16" }), rows(model))).toBeLessThan(2e-3);
    expect(await farFrom(model, bytesOf(model, { precision: "dynamic-int8" }), rows(model))).toBeLessThan(
      2e-2,
    );
    const int8 = bytesOf(model, { precision: "int8", calibration: { rows: rows(model) } });
    expect(await farFrom(model, int8, rows(model))).toBeLessThan(3e-2);
    expect(complaints).toEqual([]);
  });

  test("of a layer of small weights for large numbers, one of whose units is dead", async () => {
    const g = graphBuilder("dead");
    const weights = Float32Array.from({ length: 64 * 64 }, (_, at) =>
      at % 64 === 3 ? 0 : Math.sin(at * 1.7) * 1e-6,
    );
    g.output("y", g.op("MatMul", [g.input("x", "float32", ["N", 64]), g.constant(weights, [64, 64])]));
    const model = g.build();
    const own = [1, 2, 3].map((seed) => {
      const { dims, values } = rowOf(model, seed)["x"]!;
      return { x: { dims, values: Float32Array.from(values, (value) => value * 1e6) } };
    });
    const dynamic = bytesOf(model, { precision: "dynamic-int8" });
    expect(await farFrom(model, dynamic, own)).toBeLessThan(0.3);
    const int8 = bytesOf(model, { precision: "int8", calibration: { rows: own } });
    expect(await farFrom(model, int8, own)).toBeLessThan(0.3);
    expect(complaints).toEqual([]);
  });

  test("of trees, at thresholds and missing", async () => {
    for (const { model, feed } of ensembleGraphs().slice(0, 6)) {
      const { dims, values } = feed["x"]!;
      const width = dims[1]!;
      const list = Array.from({ length: 12 }, (_, row) => ({
        x: { dims: [1, width], values: Float32Array.from(values).slice(row * width, (row + 1) * width) },
      }));
      expect(await farFrom(model, bytesOf(model), list)).toBeLessThan(1e-5);
    }
    expect(complaints).toEqual([]);
  });
});

/** Transforms beside each other as a graph whose outputs are the features. */
function featureGraph(columns: FrameSchema, steps: readonly Transform[]): OnnxModel {
  const rows = frame(
    columns.map(({ name, kind }) => ({ name, kind, values: Float64Array.of(0, 1) }) as Column),
  );
  const fitted = steps.map((step) => fitTransform(step, rows));
  const g = graphBuilder("features");
  const inputs = graphInputs(g, fitted[0]!.inputs);
  for (const { lower } of fitted)
    for (const column of lower(g, inputs))
      if (column.kind === "number" && !inputs.includes(column)) g.output(column.name, column.value);
  return g.build();
}

describe("times and places come in as two numbers of single precision", () => {
  test("and parts of the calendar are those of double precision, at their bounds too", async () => {
    const times: FrameSchema = [
      { name: "at", kind: "time" },
      { name: "until", kind: "time" },
    ];
    const parts = [
      "year",
      "month",
      "day",
      "week",
      "dayOfYear",
      "weekday",
      "hour",
      "second",
      "hourOfDay",
    ] as const;
    const model = featureGraph(times, [
      recency({ since: "at", until: "until", unit: "hour" }),
      calendarFeatures({ columns: ["at"], parts, timeZone: "Europe/Berlin" }),
    ]);
    const written = writeLitert(model);
    if (!written.ok) throw new Error(JSON.stringify(written.reasons));
    expect(written.report.inputs.map(({ name, lowOf }) => [name, lowOf])).toEqual([
      ["at", undefined],
      ["at_low", "at"],
      ["until", undefined],
      ["until_low", "until"],
    ]);
    const random = seededRandom(3);
    const day = 86_400e6;
    // Both sides of midnights, of leap days and of changes of the clocks, by 16 microseconds.
    const bounds = [
      0,
      Date.UTC(2000, 1, 29),
      Date.UTC(2024, 2, 31, 1),
      Date.UTC(2024, 9, 27, 1),
      Date.UTC(2100, 1, 28),
    ];
    const at = [
      ...bounds.flatMap((time) => [time * 1000 - 16, time * 1000, time * 1000 + 16]),
      ...Array.from({ length: 40 }, () => day * (random.integer(67_000) - 20_000) - 16 * random.integer(2)),
      Number.NaN,
      Infinity,
    ];
    const until = at.map((time, row) => (row % 7 === 6 ? -Infinity : time + 16 * random.integer(2 ** 30)));
    const dims = [at.length, 1];
    const feed = { at: { dims, values: at }, until: { dims, values: until } };
    const graph = await openLitert(written.bytes);
    const names = graph.outputs.map(({ name }) => name);
    const answers = await graph.run(litertFeed(written.report, feed) as Record<string, LitertFeed>, names);
    await graph.release();
    const right = interpret(model, feed);
    for (const name of names) {
      const values = Array.from(right[name]!.values, Math.fround);
      const whole = !name.includes("since") && !name.endsWith("hourOfDay");
      const got = Array.from(answers[name]!.values as Float32Array);
      if (whole) expect([name, ...got]).toEqual([name, ...values]);
      const scale = values.reduce(
        (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
        1,
      );
      for (const [row, value] of values.entries())
        if (Number.isFinite(value)) expect(Math.abs(got[row]! - value)).toBeLessThanOrEqual(2e-7 * scale);
        else expect([row, got[row]]).toEqual([row, value]);
    }
  });

  test("and a metre is a metre on the other side of the world", async () => {
    const columns: FrameSchema = ["lat", "lon", "lat2", "lon2"].map((name) => ({ name, kind: "float" }));
    const model = featureGraph(columns, [
      geoDistance({ from: ["lat", "lon"], to: ["lat2", "lon2"], name: "metres" }),
    ]);
    const written = writeLitert(model, { precision: "float16" });
    if (!written.ok) throw new Error(JSON.stringify(written.reasons));
    const rows = [
      [52.5200066, 13.404954, 52.5200156, 13.404954],
      [-36.8484597, 179.9999995, -36.8484597, -179.9999995],
      [0, 0, 0, 179.9999999],
    ];
    const feed = Object.fromEntries(
      columns.map(({ name }, at) => [name, { dims: [3, 1], values: rows.map((row) => row[at]!) }]),
    );
    const graph = await openLitert(written.bytes);
    const answers = await graph.run(litertFeed(written.report, feed) as Record<string, LitertFeed>, [
      "metres",
    ]);
    await graph.release();
    const right = interpret(model, feed)["metres"]!.values;
    expect(right[0]).toBeCloseTo(1, 1);
    for (const [row, value] of (answers["metres"]!.values as Float32Array).entries())
      expect(Math.abs(value / right[row]! - 1)).toBeLessThan(1e-6);
  });
});

test("one value under two names comes out under both", async () => {
  const g = graphBuilder("twins");
  const x = g.input("x", "float32", ["N", 4]);
  const once = g.op("Relu", [x]);
  g.output("first", g.op("Identity", [once]));
  g.output("second", g.op("Identity", [g.op("Relu", [x])]));
  g.output("same", g.op("Identity", [once]));
  const row = { x: { dims: [1, 4], values: Float32Array.of(-1, 2, -3, 4) } };
  const [answers] = await runLitert(bytesOf(g.build()), [row]);
  const right = Float32Array.of(0, 2, 0, 4);
  expect(answers).toEqual({ first: right, second: right, same: right });
});

test("rows of nothing but missing numbers tell no ranges", () => {
  const g = graphBuilder("missing");
  const weights = g.constant(new Float32Array(4).fill(1), [2, 2]);
  g.output("y", g.op("MatMul", [g.input("x", "float32", ["N", 2]), weights]));
  const calibration = { rows: [{ x: { dims: [1, 2], values: [Number.NaN, Number.NaN] } }] };
  expect(() => bytesOf(g.build(), { precision: "int8", calibration })).toThrow(
    /calibration\.rows: expected rows that tell the ranges of values, received numbers that are not finite/,
  );
});

test("options that are none are refused", () => {
  const [windows] = NETS as [OnnxModel];
  const declared: OnnxModel = {
    ...windows,
    graph: {
      ...windows.graph,
      inputs: windows.graph.inputs.map((input) => ({ ...input, elementType: "float64" as const })),
    },
  };
  expect(() => writeLitert(declared)).toThrow(/expected/);
  expect(() => writeLitert(windows, { precision: "int4" as "int8" })).toThrow(
    /precision: expected float32, float16/,
  );
  expect(() => writeLitert(windows, { precision: "int8" })).toThrow(/calibration: expected rows/);
  expect(() => writeLitert(windows, { integerEnds: true })).toThrow(/integerEnds: expected precision int8/);
  expect(() => writeLitert(windows, { metadata: { min_runtime_version: "1" } })).toThrow(/metadata/);
});

test("what cannot be written says why and what comes nearest, every node of it", () => {
  const g = graphBuilder("refused");
  const x = g.input("x", "int64", ["N", 3]);
  g.output("bits", g.op("BitwiseAnd", [x, x]));
  g.output("sign", g.op("Sign", [x]));
  const result = writeLitert(g.build());
  expect(result.ok ? [] : result.reasons.map(({ op, instead }) => [op, instead !== ""])).toEqual([
    ["BitwiseAnd", true],
    ["Sign", true],
  ]);
});

test("texts that a graph looks up come in as codes, and an operator from elsewhere is refused with its reason", async () => {
  const g = graphBuilder("plan");
  const code = g.input("tier", "int64", ["N", 1]);
  g.output("price", g.op("Gather", [g.constant(Float32Array.of(1.5, 2.5, 0), [3]), code]));
  const model = g.build();
  const texts = textInputs(model, { tier: ["free", "paid"] });
  const written = writeLitert(texts);
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  expect(written.report.dictionaries).toEqual({ tier: ["free", "paid"] });
  expect(written.bytes).toEqual(bytesOf(model));
  const rows = [0, 1, -1].map((tier) => ({ tier: { dims: [1, 1], values: Int32Array.of(tier) } }));
  expect(await farFrom(model, written.bytes, rows)).toBe(0);

  const foreign = {
    ...model,
    graph: { ...model.graph, nodes: model.graph.nodes.map((node) => ({ ...node, domain: "com.example" })) },
  };
  expect(writeLitert(foreign)).toMatchObject({ ok: false, reasons: [{ op: "com.example.Gather" }] });
});

test("8 bits keep what logarithms are taken of, small beside large", async () => {
  const g = graphBuilder("spectrum");
  const x = g.input("x", "float32", ["N", 2]);
  const scaled = g.op("MatMul", [x, g.constant(Float32Array.of(1, 0, 0, 1), [2, 2])]);
  const power = g.op("Add", [g.op("Mul", [scaled, scaled]), g.scalar(1e-6)]);
  g.output("logs", g.op("Log", [power]));
  const model = g.build();
  const list = [
    [100, 0.1],
    [90, 0.2],
  ].map((values) => ({ x: { dims: [1, 2], values: Float32Array.from(values) } }));
  expect(
    await farFrom(model, bytesOf(model, { precision: "int8", calibration: { rows: list } }), list),
  ).toBeLessThan(0.1);
});

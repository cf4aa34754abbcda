import { graphBuilder, interpret, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import {
  checkProgram,
  interpretProgram,
  readProgram,
  writeMlProgram,
  type MlProgramOptions,
  type PackageFile,
} from "@tideline/graph/coreml";
import { seededRandom } from "@tideline/learn";
import { textInputs } from "@tideline/learn/transform";
import { describe, expect, test } from "vitest";
import { apart, farFrom, programOf, type Feed } from "./coreml/compare-program.ts";
import { imageNet, tokenNet, windowNet } from "./litert/suite-net.ts";

const MODEL = "Data/com.apple.CoreML/model.mlmodel";
const WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin";

/** Rows of a graph: normal numbers, ids below 300. */
function rowsOf(model: OnnxModel, count: number, seed: number): Feed {
  const random = seededRandom(seed);
  return Object.fromEntries(
    model.graph.inputs.map(({ name, dims, elementType }) => {
      const shape = dims.map((dim) => (typeof dim === "string" ? count : dim));
      const length = shape.reduce((product, dim) => product * dim, 1);
      const draw = (): number =>
        elementType === "int64" ? random.integer(300) : Math.fround(random.normal());
      return [name, { dims: shape, values: Array.from({ length }, draw) }];
    }),
  );
}

const NETS = [windowNet(), imageNet(), tokenNet()];
const FEEDS = new Map(NETS.map((model) => [model, rowsOf(model, 2, 3)]));

describe("the interpreter of programs says what the interpreter of graphs says", () => {
  test.each(NETS.map((model) => [model.graph.name, model] as const))("of %s", (_, model) => {
    const feed = FEEDS.get(model)!;
    const far = (options: MlProgramOptions): number => farFrom(model, programOf(model, options), [feed]);
    const program = programOf(model);
    expect(checkProgram(program.files)).toEqual([]);
    expect(farFrom(model, program, [feed])).toBeLessThan(1e-6);
    expect(far({ precision: "float16" })).toBeLessThan(2e-3);
    expect(far({ precision: "int8" })).toBeLessThan(2e-2);
    expect(far({ precision: "palettised", colours: 64 })).toBeLessThan(4e-2);
    expect(programOf(model)).toEqual(program);
  });
});

/** Features of numbers, some of them missing: what preprocessing writes. */
function rowModel(): OnnxModel {
  const g = graphBuilder("rows");
  const x = g.input("x", "float32", ["N", 3]);
  const known = g.op("Where", [g.op("IsNaN", [x]), g.constant(Float32Array.of(1, 2, 3), [3]), x]);
  const scaled = g.op("Div", [
    g.op("Sub", [known, g.constant(Float32Array.of(1, 0, 2), [3])]),
    g.constant(Float32Array.of(2, 1, 4), [3]),
  ]);
  const logits = g.op("Gemm", [
    scaled,
    g.constant(Float32Array.of(1, -1, 0.5, 2, 0, -0.5), [3, 2]),
    g.constant(Float32Array.of(0.1, -0.2), [2]),
  ]);
  g.output("class", g.op("ArgMax", [logits], { axis: 1, keepdims: 0 }));
  g.output("probabilities", g.op("Softmax", [logits], { axis: -1 }));
  return g.build();
}

test("rows with missing numbers, a label and the probability of each class", () => {
  const model = rowModel();
  const values = [Number.NaN, 1, 2, 4, Number.NaN, -Infinity, 0, 0, 0];
  expect(farFrom(model, programOf(model), [{ x: { dims: [3, 3], values } }])).toBeLessThan(1e-6);

  const labels = ["ja", "näin"];
  const written = programOf(model, { labels, description: "Ob es regnet" });
  expect(checkProgram(written.files)).toEqual([]);
  expect(written.report).toMatchObject({ oldest: "iOS 15, macOS 12", flexible: false });
  expect(written.report.notes.join()).toMatch(/Apple hardware.*cpuOnly/);
  const row = { dims: [1, 3], values: [0.5, 2, 1] };
  const answers = interpretProgram(written.files, { x: row });
  const right = interpret(model, { x: row })["probabilities"]!.values;
  const { classLabel, classLabel_probs: probabilities } = answers as {
    classLabel: { label: string };
    classLabel_probs: { probabilities: ReadonlyMap<string, number> };
  };
  expect(classLabel.label).toBe(labels[right[0]! > right[1]! ? 0 : 1]);
  expect(
    apart(
      right,
      labels.map((label) => probabilities.probabilities.get(label)!),
    ),
  ).toBeLessThan(1e-6);
  expect(writeMlProgram(model, { labels: ["a", "b", "c"] })).toMatchObject({ ok: false });
  const numbered = programOf(model, { labels: [7, 8] });
  expect(interpretProgram(numbered.files, { x: row })["classLabel"]).toEqual({
    label: right[0]! > right[1]! ? 7 : 8,
  });
});

/** The files with bytes of one of them changed. */
function changed(
  files: readonly PackageFile[],
  path: string,
  change: (bytes: Uint8Array) => void,
): readonly PackageFile[] {
  return files.map((file) => {
    if (file.path !== path) return file;
    const bytes = file.bytes.slice();
    change(bytes);
    return { path, bytes };
  });
}

/** Where a run of bytes begins. */
const indexOf = (bytes: Uint8Array, run: readonly number[]): number =>
  bytes.findIndex((_, at) => run.every((byte, i) => bytes[at + i] === byte));

describe("faults that are made on purpose are found", () => {
  const [windows] = NETS as [OnnxModel];
  const feed = FEEDS.get(windows)!;

  test("a swapped axis: the values have other shapes than the program says", () => {
    const { files } = programOf(windows);
    const broken = changed(files, MODEL, (bytes) => {
      // The packed list of the axes of the first Transpose.
      const at = indexOf(bytes, [0x0a, 3, 0, 2, 1]);
      bytes.set([0, 1, 2], at + 2);
    });
    expect(checkProgram(broken).join()).toMatch(
      /expected fp32\[\?,6,64\].*fp32\[.,64,6\]|expected fp32\[.,64,6\]/,
    );
    // Where both axes are equally long only the numbers tell.
    const g = graphBuilder("square");
    g.output("y", g.op("Transpose", [g.input("x", "float32", [1, 3, 3])], { perm: [0, 2, 1] }));
    const square = g.build();
    const program = programOf(square);
    const kept = changed(program.files, MODEL, (bytes) =>
      bytes.set([0, 1, 2], indexOf(bytes, [0x0a, 3, 0, 2, 1]) + 2),
    );
    const rows = [rowsOf(square, 1, 1)];
    expect(checkProgram(kept)).toEqual([]);
    expect(farFrom(square, program, rows)).toBe(0);
    expect(farFrom(square, { ...program, files: kept }, rows)).toBeGreaterThan(0.1);
  });

  test("a wrong offset of weights", () => {
    const { files } = programOf(windows);
    const moved = changed(files, WEIGHTS, (bytes) =>
      new DataView(bytes.buffer).setBigUint64(64 + 16, 192n, true),
    );
    expect(checkProgram(moved).join()).toMatch(/numbers of the entry at 64 begin at 192/);
    const named = changed(files, MODEL, (bytes) => {
      // `weight.bin` and the offset 64 of the first constant.
      const name = Array.from(new TextEncoder().encode("weights/weight.bin"));
      bytes[indexOf(bytes, [...name, 0x10, 64]) + name.length + 1] = 65;
    });
    expect(checkProgram(named).join()).toMatch(/a multiple of 64/);
    expect(checkProgram(files.filter(({ path }) => path !== WEIGHTS)).join()).toMatch(/no such file/);
  });

  test("a wrong zero point and a wrong table of colours", () => {
    for (const [options, wrong] of [
      // The zeros of the first weight stand behind its numbers: 32 filters of 30 weights.
      [{ precision: "int8" }, 64 + 64 + 960 + 64],
      [{ precision: "palettised" }, 64 + 64 + 512 + 64 + 2],
    ] as const) {
      const program = programOf(windows, options);
      const broken = changed(program.files, WEIGHTS, (bytes) => {
        for (let at = wrong; at < wrong + 32; at++) bytes[at]! ^= 0x15;
      });
      const right = farFrom(windows, program, [feed]);
      expect(farFrom(windows, { ...program, files: broken }, [feed])).toBeGreaterThan(2 * right + 1e-3);
    }
  });

  test("a name that dangles, a feature that is described otherwise, a manifest that names nothing", () => {
    const { files } = programOf(rowModel());
    const rename = (from: string, to: string, count: number): readonly PackageFile[] =>
      changed(files, MODEL, (bytes) => {
        for (let time = 0; time < count; time++)
          bytes.set(new TextEncoder().encode(to), indexOf(bytes, Array.from(new TextEncoder().encode(from))));
      });
    expect(checkProgram(rename("probabilities", "probabilitieZ", 1)).join()).toMatch(/described as/);
    const short = files.map((file) =>
      file.path === MODEL ? { ...file, bytes: file.bytes.subarray(0, -9) } : file,
    );
    expect(checkProgram(short)).not.toEqual([]);
    expect(checkProgram(changed(files, "Manifest.json", (bytes) => bytes.fill(0x20)))).toEqual([
      "Manifest.json is no JSON",
    ]);
    for (const text of ["null", '{"itemInfoEntries":null}', '{"itemInfoEntries":{"a":null}}']) {
      const bytes = new TextEncoder().encode(text);
      const odd = files.map((file) => (file.path === "Manifest.json" ? { ...file, bytes } : file));
      expect(checkProgram(odd)).toContain("the manifest's root is no model");
    }
    expect(checkProgram(files.filter(({ path }) => path !== "Manifest.json"))).toEqual([
      "there is no Manifest.json",
    ]);
  });
});

test("options that are none are refused", () => {
  const [windows] = NETS as [OnnxModel];
  const bad =
    (options: object): (() => unknown) =>
    () =>
      writeMlProgram(windows, options as MlProgramOptions);
  expect(bad({ precision: "int4" })).toThrow(/precision: expected float32, float16, int8, palettised/);
  expect(bad({ colours: 32 })).toThrow(/colours: expected 16 or 64/);
  expect(bad({ mostRows: 0 })).toThrow(/mostRows/);
  expect(bad({ labels: [] })).toThrow(/labels: expected at least one/);
  expect(bad({ labels: ["a", "a"] })).toThrow(/labels: expected each once/);
  expect(bad({ labels: null })).toThrow(/labels: expected a list/);
  expect(bad({ labels: ["\ud800", "\ud801"] })).toThrow(/labels: expected texts of whole characters/);
  expect(bad({ features: { typo: "" } })).toThrow(/features: expected inputs or outputs: .* received typo/);
  expect(bad({ labels: ["a", 1] })).toThrow(/labels: expected texts or whole numbers/);
  expect(bad({ labels: ["a", "b", "c", "d", "e"], probabilities: "scores" })).toThrow(
    /probabilities: expected an output/,
  );
});

test("what cannot be written says why and what comes nearest, every node of it", () => {
  const g = graphBuilder("refused");
  const x = g.input("x", "int64", ["N", 3]);
  g.output("bits", g.op("BitwiseAnd", [x, x]));
  g.output("double", g.op("Cast", [x], { to: 11 }));
  const result = writeMlProgram(g.build());
  expect(result.ok ? [] : result.reasons.map(({ op, instead }) => [op, instead !== ""])).toEqual([
    ["BitwiseAnd", true],
    ["Cast", true],
  ]);
});

test("names are made identifiers, each once, and the report says which was which", () => {
  const g = graphBuilder("names");
  const a = g.input("größe (cm)", "float32", ["N", 2]);
  const b = g.input("gr__e__cm_", "float32", ["N", 2]);
  g.output("1st", g.op("Add", [a, b]));
  const model = g.build();
  const program = programOf(model, { mostRows: 8, features: { "1st": "both together" } });
  const names = [...program.report.inputs, ...program.report.outputs].map(({ name }) => name);
  expect(names).toEqual(["gr__e__cm__0", "gr__e__cm_", "_1st"]);
  expect(checkProgram(program.files)).toEqual([]);
  expect(farFrom(model, program, [rowsOf(model, 5, 1)])).toBeLessThan(1e-7);
});

test("names that objects have of themselves are names like others", () => {
  const g = graphBuilder("names");
  g.output("__proto__", g.op("Relu", [g.input("constructor", "float32", ["N", 2])]));
  const program = programOf(g.build());
  expect(checkProgram(program.files)).toEqual([]);
  const answers = interpretProgram(program.files, { constructor: { dims: [1, 2], values: [-1, 2] } });
  expect(Object.entries(answers)).toMatchObject([["__proto__", { dims: [1, 2] }]]);
  const text = new TextDecoder("latin1").decode(program.files[1]!.bytes);
  expect(text).not.toContain("native code");
});

test("a graph without inputs is refused, and damaged files are told, never more", () => {
  const g = graphBuilder("bare");
  g.output("y", g.constant(Float32Array.of(1, 2), [2]));
  expect(writeMlProgram(g.build())).toMatchObject({ ok: false, reasons: [{ reason: "it has no inputs" }] });
  const { files } = programOf(rowModel(), { labels: ["a", "b"] });
  const random = seededRandom(3);
  let told = 0;
  for (let round = 0; round < 80; round++) {
    const damaged = changed(files, MODEL, (bytes) => {
      bytes[random.integer(bytes.length)] = random.integer(256);
    });
    told += Number(checkProgram(damaged).length > 0);
  }
  expect(told).toBeGreaterThan(45);
});

test("half precision keeps infinite bounds, and what guards a logarithm above 0", () => {
  const g = graphBuilder("guards");
  const x = g.input("x", "float32", ["N", 2]);
  const floor = g.op("Max", [x, g.constant(Float32Array.of(-Infinity, 0), [2])]);
  g.output("log", g.op("Log", [g.op("Add", [g.op("Mul", [floor, floor]), g.scalar(1e-12)])]));
  g.output("floor", floor);
  const { files } = programOf(g.build(), { precision: "float16" });
  const answers = interpretProgram(files, { x: { dims: [1, 2], values: [-Infinity, -3] } });
  expect(answers["floor"]).toMatchObject({ values: Float64Array.of(-Infinity, 0) });
  const { values } = answers["log"] as { values: Float64Array };
  expect(values[1]).toBeGreaterThan(-17);
  expect(values[1]).toBeLessThan(-16);
});

test("texts that a graph looks up come in as codes", () => {
  const g = graphBuilder("plan");
  const code = g.input("tier", "int64", ["N", 1]);
  g.output("price", g.op("Gather", [g.constant(Float32Array.of(1.5, 2.5, 0), [3]), code]));
  const model = g.build();
  const program = programOf(textInputs(model, { tier: ["free", "paid"] }));
  expect(program.report.dictionaries).toEqual({ tier: ["free", "paid"] });
  expect(farFrom(model, program, [{ tier: { dims: [3, 1], values: [0, 1, -1] } }])).toBe(0);
});

test("lengths that are given are told as they are, and shapes that nothing can have are refused", () => {
  const model = rowModel();
  expect(programOf(model, { lengths: { N: 4 } }).report.notes.join()).not.toMatch(/one length of the batch/);
  expect(programOf(model, { mostRows: 1 }).report.notes.join()).toMatch(/one length of the batch: 1/);
  expect(programOf(model, { precision: "float16" }).report.notes.join()).toMatch(/beyond 65504/);
  const g = graphBuilder("wide");
  g.output("y", g.op("Relu", [g.input("x", "float32", [20_000, 20_000])]));
  expect(checkProgram(programOf(g.build()).files).join()).toMatch(/at most 268435456 elements/);
});

test.each(["Softplus", "Mish"] as const)(
  "%s computes its softplus in single precision in a file of half",
  (op) => {
    const g = graphBuilder("soft");
    g.output("y", g.op(op, [g.op("Mul", [g.input("x", "float32", ["N", 2]), g.scalar(1.5)])]));
    const model = g.build();
    const program = programOf(model, { precision: "float16" });
    expect(checkProgram(program.files)).toEqual([]);
    const types = readProgram(program.files).operations.flatMap(({ type, outputs }) =>
      ["softplus", "mul"].includes(type) ? [[type, outputs[0]!.type]] : [],
    );
    expect(types).toContainEqual(["softplus", expect.objectContaining({ type: "fp32" })]);
    expect(types).toContainEqual(["mul", expect.objectContaining({ type: "fp16" })]);
    expect(farFrom(model, program, [{ x: { dims: [2, 2], values: [-8, -0.5, 3, 12] } }])).toBeLessThan(2e-3);
  },
);

test("half precision says what it cannot hold", () => {
  const g = graphBuilder("large");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("y", g.op("Mul", [x, g.constant(Float32Array.of(1e6, 1), [2])]));
  const result = writeMlProgram(g.build(), { precision: "float16" });
  expect(result).toMatchObject({
    ok: false,
    reasons: [{ reason: "a constant of mul is beyond half precision" }],
  });
});

const CONSTANTS = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => at / count);

test.each([
  ["ArgMax", (g, x) => g.op("ArgMax", [x], { axis: 2, select_last_index: 1 })],
  ["Hardmax", (g, x) => g.op("Hardmax", [x], { axis: 2 })],
  ["Trilu", (g, x) => g.op("Trilu", [x])],
  ["DepthToSpace", (g, x) => g.op("DepthToSpace", [x], { blocksize: 2 })],
  [
    "GroupNormalization",
    (g, x) => {
      const [scale, bias] = [g.constant(CONSTANTS(4), [4]), g.constant(CONSTANTS(4), [4])];
      return g.op("GroupNormalization", [x, scale, bias], { num_groups: 2 });
    },
  ],
] satisfies [string, (g: GraphBuilder, x: Value) => Value][])(
  "%s, where the batch is no longer the first axis",
  (_, of) => {
    const g = graphBuilder("moved");
    const x = g.op("Transpose", [g.input("x", "float32", ["N", 4, 3, 2])], { perm: [2, 1, 0, 3] });
    g.output("y", of(g, x));
    const model = g.build({ opset: 21 });
    const program = programOf(model);
    const rows = program.report.flexible ? 3 : 1;
    expect(farFrom(model, program, [rowsOf(model, rows, 1)])).toBeLessThan(1e-6);
  },
);

test("an LSTM over as many steps as a row has", () => {
  const g = graphBuilder("steps");
  const x = g.input("x", "float32", ["T", 1, 2]);
  const weights = [g.constant(CONSTANTS(16), [1, 8, 2]), g.constant(CONSTANTS(16), [1, 8, 2])];
  const [all, last] = g.ops("LSTM", [x, ...weights], { hidden_size: 2, direction: "reverse" });
  g.output("all", all!);
  g.output("last", last!);
  const model = g.build();
  const program = programOf(model);
  expect(checkProgram(program.files)).toEqual([]);
  expect(farFrom(model, program, [rowsOf(model, 5, 1)])).toBeLessThan(1e-6);
});

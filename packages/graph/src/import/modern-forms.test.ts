import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { checkModel } from "../check.ts";
import { valuesOf, type ElementType } from "../element-type.ts";
import { interpret } from "../interpret.ts";
import type { OnnxAttribute, OnnxModel, OnnxTensor } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import { modernForms } from "./modern-forms.ts";
import { OLD_FORMS } from "./old-form.ts";

type Given = OnnxAttribute | readonly number[] | number | string;

const ints = (...value: number[]): OnnxAttribute => ({ type: "ints", value });
const int = (value: number): OnnxAttribute => ({ type: "int", value });
const float = (value: number): OnnxAttribute => ({ type: "float", value });

const tensor = (
  name: string,
  elementType: ElementType,
  values: readonly number[],
  dims = [values.length],
): OnnxTensor => ({ name, elementType, dims, values: valuesOf(elementType, values) });

/** A model of one node, from `x[2, 3, 4]` (or other lengths) to its outputs, as exporters of its opset wrote it. */
function single(
  op: string,
  opset: number,
  attributes: Readonly<Record<string, Given>> = {},
  {
    dims = [2, 3, 4],
    constants = [],
    outputs = ["y"],
    rank = dims.length,
    irVersion = 8,
  }: {
    readonly dims?: readonly number[];
    readonly constants?: readonly OnnxTensor[];
    readonly outputs?: readonly string[];
    readonly rank?: number;
    readonly irVersion?: number;
  } = {},
): OnnxModel {
  const open = (name: string, length: number) => ({
    name,
    elementType: name === "place" ? ("int64" as const) : ("float32" as const),
    dims: Array.from({ length }, () => ""),
  });
  return {
    irVersion,
    opsets: [{ domain: "", version: opset }],
    producerName: "test",
    producerVersion: "",
    metadata: {},
    graph: {
      name: "g",
      nodes: [
        {
          name: "one",
          op,
          domain: "",
          inputs: ["x", ...constants.map(({ name }) => name)],
          outputs,
          attributes: attributes as Readonly<Record<string, OnnxAttribute>>,
        },
      ],
      initializers: constants,
      inputs: [
        { name: "x", elementType: "float32", dims },
        ...(irVersion < 4
          ? constants.map(({ name, elementType, dims }) => ({ name, elementType, dims }))
          : []),
      ],
      outputs: outputs.map((name) => open(name, rank)),
    },
  };
}

const scales = tensor("scales", "float32", [1, 1, 2]);
const channels = ["s", "b", "m", "v"].map((name, at) => tensor(name, "float32", [1 + at, 2, 3 + at]));
const reduced = (op: string, opset: number) => single(op, opset, { axes: ints(0, -1), keepdims: int(1) });

/** Every form of the table as ONNX Runtime takes it: an opset in which it was the present one. */
const CASES: Readonly<Record<string, readonly OnnxModel[]>> = {
  Squeeze: [single("Squeeze", 11, { axes: ints(1) }, { dims: [2, 1, 4], rank: 2 })],
  Unsqueeze: [single("Unsqueeze", 9, { axes: ints(0, 2) }, { rank: 5 })],
  ReduceSum: [reduced("ReduceSum", 11), single("ReduceSum", 12, {})],
  ReduceL1: [reduced("ReduceL1", 13)],
  ReduceL2: [reduced("ReduceL2", 13)],
  ReduceLogSum: [reduced("ReduceLogSum", 17)],
  ReduceLogSumExp: [reduced("ReduceLogSumExp", 11)],
  ReduceMax: [reduced("ReduceMax", 12)],
  ReduceMean: [reduced("ReduceMean", 17), single("ReduceMean", 13, { keepdims: int(0) }, { rank: 0 })],
  ReduceMin: [reduced("ReduceMin", 13)],
  ReduceProd: [reduced("ReduceProd", 11)],
  ReduceSumSquare: [reduced("ReduceSumSquare", 13)],
  TopK: [single("TopK", 9, { k: int(2), axis: int(-1) }, { outputs: ["y", "place"] })],
  Softmax: [
    single("Softmax", 12),
    single("Softmax", 9, { axis: int(2) }),
    single("Softmax", 11, { axis: int(-1) }),
    single("Softmax", 11, { axis: int(0) }),
  ],
  LogSoftmax: [single("LogSoftmax", 11)],
  Hardmax: [single("Hardmax", 11)],
  Upsample: [
    single("Upsample", 9, { mode: { type: "string", value: "nearest" } }, { constants: [scales] }),
    single("Upsample", 7, { scales: { type: "floats", value: [1, 1, 2] } }),
    single(
      "Upsample",
      9,
      { mode: { type: "string", value: "linear" } },
      { dims: [1, 1, 2, 3], constants: [tensor("scales", "float32", [1, 1, 2, 2])] },
    ),
  ],
  Resize: [
    single("Resize", 10, {}, { constants: [scales] }),
    single("Resize", 10, {}, { constants: [tensor("scales", "float32", [1, 1, 0.5])] }),
    single("Resize", 10, {}, { constants: [tensor("scales", "float32", [1, 1, 1])] }),
    single(
      "Resize",
      10,
      { mode: { type: "string", value: "linear" } },
      { dims: [1, 1, 4, 4], constants: [tensor("scales", "float32", [1, 1, 0.5, 0.5])] },
    ),
  ],
  Split: [
    single("Split", 11, { axis: int(2), split: ints(1, 3) }, { outputs: ["y", "z"] }),
    single("Split", 11, { axis: int(2) }, { outputs: ["y", "z"] }),
  ],
  Slice: [
    single("Slice", 9, { starts: ints(0, -3), ends: ints(1, 2 ** 62), axes: ints(1, 2) }),
    single("Slice", 7, { starts: ints(1), ends: ints(2) }),
  ],
  Clip: [
    single("Clip", 10, { min: float(-0.5), max: float(0.25) }),
    single("Clip", 6 + 1, { max: float(0.5) }),
    single("Clip", 9),
  ],
  Pad: [
    single("Pad", 10, { pads: ints(0, 1, 2, 0, 0, 1), value: float(3) }),
    single("Pad", 9, { pads: ints(0, 1, 2, 0, 0, 1), mode: { type: "string", value: "reflect" } }),
  ],
  Dropout: [single("Dropout", 11, { ratio: float(0.3) })],
  BatchNormalization: [
    single("BatchNormalization", 7, { epsilon: float(0.01) }, { constants: channels }),
    single("BatchNormalization", 8, { spatial: int(1) }, { constants: channels, irVersion: 3 }),
  ],
  Scatter: [
    single(
      "Scatter",
      9,
      { axis: int(0) },
      {
        dims: [3, 3],
        constants: [tensor("at", "int64", [1, 0, 2], [1, 3]), tensor("new", "float32", [7, 8, 9], [1, 3])],
      },
    ),
  ],
};

/** What ONNX Runtime answers to numbers that are neither all positive nor alike. */
async function answers(model: OnnxModel): Promise<Readonly<Record<string, ort.Tensor>>> {
  const [{ dims }] = model.graph.inputs as unknown as [{ readonly dims: readonly number[] }];
  const count = dims.reduce((product, length) => product * length, 1);
  const session = await ort.InferenceSession.create(writeOnnx(model), { logSeverityLevel: 4 });
  const isLog = /Log|Hard|ReduceProd/.test(model.graph.nodes.map(({ op }) => op).join());
  const values = Float32Array.from({ length: count }, (_, at) => Math.sin(3 * at) + (isLog ? 1.5 : 0));
  try {
    return await session.run({ x: new ort.Tensor("float32", values, dims) });
  } finally {
    await session.release();
  }
}

test("every form has a case", () => {
  expect(Object.keys(OLD_FORMS).filter((op) => op !== "Erfc")).toEqual(
    expect.arrayContaining(Object.keys(CASES)),
  );
  expect(Object.keys(CASES)).toHaveLength(Object.keys(OLD_FORMS).length - 1);
});

test.each(Object.entries(CASES))("%s of older opsets says the same in that of 18", async (_, models) => {
  for (const model of models) {
    const { model: modern, rewrites } = modernForms(model);
    expect(modern.opsets).toEqual([{ domain: "", version: 18 }]);
    expect(modern.graph.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(rewrites).toBeLessThanOrEqual(1);
    checkModel(modern);
    const [before, after] = [await answers(model), await answers(modern)];
    for (const [name, { dims, data }] of Object.entries(before)) {
      expect(after[name]!.dims, name).toEqual(dims);
      expect(after[name]!.data, name).toEqual(data);
    }
  }
});

test("Erfc, which tf2onnx writes and no runtime has, is what Erf leaves of 1", () => {
  const { model } = modernForms(single("Erfc", 18, {}, { dims: [3] }));
  const { values } = interpret(model, { x: { dims: [3], values: Float32Array.of(-1, 0, 0.5) } })["y"]!;
  // Abramowitz and Stegun, table 7.1.
  for (const [at, known] of [1.842_700_79, 1, 0.479_500_12].entries())
    expect(values[at]).toBeCloseTo(known, 6);
});

test("a model that has our forms stays as it is; what the forms of 18 cannot say is refused", () => {
  const model = single("Relu", 13);
  expect(modernForms(model)).toEqual({ model, rewrites: 0, notes: [] });
  expect(() => modernForms(single("Dropout", 6, { ratio: float(0.5) }))).toThrow(
    /opset 7 or newer; export it anew with opset 18, received opset 6/,
  );
  expect(() =>
    modernForms(single("BatchNormalization", 8, { spatial: int(0) }, { constants: channels })),
  ).toThrow(/spatial 1.*MODEL_UNSUPPORTED/);
  const both = tensor("scales", "float32", [1, 0.5, 2]);
  expect(() => modernForms(single("Upsample", 9, {}, { constants: [both] }))).toThrow(/all up or all down/);
});

test("an input that the file has a value of is that constant, and said to be", () => {
  const given = single("BatchNormalization", 9, {}, { constants: channels });
  const inputs = [
    ...given.graph.inputs,
    ...channels.map(({ name }) => ({ name, elementType: "float32" as const, dims: [3] })),
  ];
  const { model, notes } = modernForms({ ...given, irVersion: 6, graph: { ...given.graph, inputs } });
  expect(model.graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  expect(model.irVersion).toBe(6);
  expect(notes[0]).toMatch(/are constants: s, b, m, v$/);
  checkModel(model);
});

test.each([
  ["Pad", 10, { pads: ints(0, 1, 2, 0, 0, 1), value: float(3) }],
  ["Clip", 10, { min: float(-0.5), max: float(0.25) }],
] as const)("%s behind a value whose type the file leaves out has that type", (op, opset, attributes) => {
  const { graph, ...rest } = single(op, opset, attributes);
  const [node] = graph.nodes;
  const before = { ...node!, name: "before", op: "Neg", inputs: ["x"], outputs: ["h"], attributes: {} };
  const asDouble = <Value extends object>(one: Value) => ({ ...one, elementType: "float64" as const });
  const { model } = modernForms({
    ...rest,
    graph: {
      ...graph,
      nodes: [before, { ...node!, inputs: ["h"] }],
      inputs: graph.inputs.map(asDouble),
      outputs: graph.outputs.map(asDouble),
    },
  });
  checkModel(model);
  expect(model.graph.nodes).toHaveLength(2);
});

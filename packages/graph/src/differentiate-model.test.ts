import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { bindDims } from "./bind-dims.ts";
import { graphBuilder } from "./builder.ts";
import { checkModel } from "./check.ts";
import { differentiateModel } from "./differentiate-model.ts";
import { inline } from "./inline.ts";
import { interpret } from "./interpret.ts";
import { readOnnx } from "./onnx-read.ts";
import { writeOnnx } from "./onnx-write.ts";
import type { OnnxModel } from "./onnx.ts";

/** mean((tanh(x w) v + b - t)^2), read from its bytes as a model from elsewhere is; w, v and b are initializers. */
function fromElsewhere(): OnnxModel {
  const g = graphBuilder("regression", { reserved: ["w", "v", "b", "loss"] });
  const x = g.input("x", "float32", ["N", 3]);
  const target = g.input("target", "float32", ["N"]);
  // v and b are equal, and still two.
  const w = g.initializer("w", Float32Array.of(0.5, -1, 0.25, 1, -0.5, 2), [3, 2]);
  const [v, b] = [
    g.initializer("v", Float32Array.of(0, 0), [2]),
    g.initializer("b", Float32Array.of(0, 0), [2]),
  ];
  const hidden = g.op("Add", [g.op("Tanh", [g.op("MatMul", [x, w])]), b]);
  const score = g.op("MatMul", [hidden, g.op("Clip", [v, undefined, g.scalar(9)])]);
  const difference = g.op("Sub", [score, target]);
  g.output("score", score);
  g.output("loss", g.op("ReduceMean", [g.op("Mul", [difference, difference])], { keepdims: 0 }));
  return readOnnx(writeOnnx(g.build({ metadata: { author: "elsewhere" } })));
}

const feeds = {
  x: { dims: [2, 3], values: [1, 0.5, -1, 0.25, 2, -0.5] },
  target: { dims: [2], values: [1, -2] },
};

describe("differentiateModel", () => {
  const step = differentiateModel(fromElsewhere(), { loss: "loss", wrt: ["v", "b", "x"], dims: { N: 2 } });

  test("adds gradients of inputs and of initializers, equal ones apart, and keeps names", () => {
    expect(step.graph.outputs.map(({ name }) => name)).toEqual([
      "score",
      "loss",
      "gradient/v",
      "gradient/b",
      "gradient/x",
    ]);
    expect(step.graph.inputs.map(({ name, dims }) => [name, dims])).toEqual([
      ["x", [2, 3]],
      ["target", [2]],
    ]);
    expect(step.graph.initializers.map(({ name }) => name)).toEqual(expect.arrayContaining(["w", "v", "b"]));
    expect(step.metadata).toEqual({ author: "elsewhere" });
    checkModel(step);
    const results = interpret(step, feeds);
    expect(results["loss"]!.values[0]).toBe(2.5);
    // d loss / d v = mean(2 (0 - target) tanh(x w)), by hand; b moves nothing while v is 0.
    const hidden = [0, 1].map((row) =>
      [0, 1].map((unit) => {
        const w = [0.5, -1, 0.25, 1, -0.5, 2];
        const sum = [0, 1, 2].reduce((all, at) => all + feeds.x.values[3 * row + at]! * w[2 * at + unit]!, 0);
        return Math.tanh(sum);
      }),
    );
    for (const unit of [0, 1])
      expect(results["gradient/v"]!.values[unit]).toBeCloseTo(-hidden[0]![unit]! + 2 * hidden[1]![unit]!, 12);
    expect([...results["gradient/b"]!.values]).toEqual([0, 0]);
    expect([...results["gradient/x"]!.values].every((value) => value === 0)).toBe(true);
  });

  test("runs in onnxruntime", async () => {
    const session = await ort.InferenceSession.create(writeOnnx(step), { logSeverityLevel: 3 });
    const found = await session.run({
      x: new ort.Tensor("float32", Float32Array.from(feeds.x.values), feeds.x.dims),
      target: new ort.Tensor("float32", Float32Array.from(feeds.target.values), feeds.target.dims),
    });
    const wanted = interpret(step, feeds)["gradient/v"]!.values;
    for (const [at, value] of (found["gradient/v"]!.data as Float32Array).entries())
      expect(value).toBeCloseTo(wanted[at]!, 5);
    await session.release();
  });

  test.each<[string, Parameters<typeof differentiateModel>[1], RegExp]>([
    [
      "a loss that is no output",
      { loss: "w", wrt: ["v"] },
      /loss: expected an output: score, loss, received w/,
    ],
    ["a loss of several numbers", { loss: "score", wrt: ["v"], dims: { N: 2 } }, /one floating-point number/],
    ["a name that is not there", { loss: "loss", wrt: ["q"] }, /wrt: expected inputs and init.*received q/],
    ["lengths that are not known", { loss: "loss", wrt: ["v"] }, /a shape of known lengths/],
  ])("refuses %s", (_, options, message) => {
    expect(() => differentiateModel(fromElsewhere(), options)).toThrow(message);
  });
});

describe("inline", () => {
  test("places a model twice into one graph, on other values", () => {
    const model = fromElsewhere();
    const g = graphBuilder("twice");
    const [x, target] = [g.input("x", "float32", [2, 3]), g.input("target", "float32", [2])];
    const first = inline(g, model, { x, target });
    const second = inline(g, model, { x: g.op("Neg", [x]), target: first["score"]! });
    g.output("sum", g.op("Add", [first["loss"]!, second["loss"]!]));
    expect(interpret(g.build(), feeds)["sum"]!.values[0]).toBe(2.5);
    const v = g.constant(Float32Array.of(1, 1));
    g.output("other", inline(g, model, { x, target, v })["score"]!);
    expect(interpret(g.build(), feeds)["other"]!.values[0]).not.toBe(0);
  });

  test("refuses inputs that are missing, unknown or of another type", () => {
    const g = graphBuilder("wrong");
    const [x, target] = [g.input("x", "float32", [2, 3]), g.input("target", "float32", [2])];
    expect(() => inline(g, fromElsewhere(), { x })).toThrow(
      /input "target": expected float32\[N\], received nothing/,
    );
    expect(() => inline(g, fromElsewhere(), { x, target, y: x })).toThrow(/inputs: expected .*, received y/);
    expect(() => inline(g, fromElsewhere(), { x: target, target })).toThrow(
      /input "x": expected float32\[N, 3\]/,
    );
  });

  test("keeps truths, and parts that are as many as the outputs", () => {
    const g = graphBuilder("parts");
    const x = g.input("x", "float32", ["N", 4]);
    const chosen = g.initializer("chosen", Uint8Array.of(1, 0, 0, 1), [4], "bool");
    const [left, right] = g.ops("Split", [g.op("Where", [chosen, x, g.scalar(7)])], {
      axis: 1,
      num_outputs: 2,
    });
    g.output("left", left!);
    g.output("right", right!);
    const { graph, ...rest } = g.build({ opset: 18 });
    const { num_outputs: _, ...axis } = graph.nodes[1]!.attributes;
    const older = {
      ...rest,
      opsets: [{ domain: "", version: 13 }],
      graph: { ...graph, nodes: [graph.nodes[0]!, { ...graph.nodes[1]!, attributes: axis }] },
    };
    const again = graphBuilder("again");
    const found = inline(again, older, { x: again.input("x", "float32", [1, 4]) });
    again.output("right", found["right"]!);
    const { right: numbers } = interpret(again.build(), { x: { dims: [1, 4], values: [1, 2, 3, 4] } });
    expect([...numbers!.values]).toEqual([7, 4]);
  });
});

describe("bindDims", () => {
  test("gives named lengths a number, in outputs too", () => {
    const g = graphBuilder("named");
    const x = g.input("x", "float32", ["N", "T", 2]);
    g.output("flat", g.op("Reshape", [g.op("Neg", [x]), g.ints([-1, 2])]));
    const model = g.build();
    expect(bindDims(model, { N: 4, T: 3 }).graph.outputs[0]!.dims).toEqual([12, 2]);
    const half = bindDims(model, { T: 3 });
    expect(half.graph.inputs[0]!.dims).toEqual(["N", 3, 2]);
    expect(half.graph.outputs[0]!.dims).toEqual(["3*N", 2]);
    expect(bindDims(half, { N: 4 })).toEqual(bindDims(model, { N: 4, T: 3 }));
    // Others may name what follows from the inputs as they like.
    const rows = [{ ...model.graph.outputs[0]!, dims: ["rows", 2] }];
    const foreign = { ...model, graph: { ...model.graph, outputs: rows } };
    expect(bindDims(foreign, { N: 4, T: 3 }).graph.outputs[0]!.dims).toEqual([12, 2]);
    expect(() => bindDims(model, { M: 4 })).toThrow(/lengths: expected N, T, received M/);
    expect(() => bindDims(model, { N: 0 })).toThrow(/length "N": expected a positive integer, received 0/);
  });
});

test("what is an output already passes through, a name asked twice counts once, and a gradient has a gradient", async () => {
  const g = graphBuilder("cube", { reserved: ["w"] });
  const x = g.input("x", "float32", []);
  const w = g.initializer("w", Float32Array.of(2), []);
  g.output("loss", g.op("Mul", [g.op("Mul", [x, w]), g.op("Mul", [x, x])]));
  const built = g.build();
  const scalar = { elementType: "float32", dims: [] } as const;
  const outputs = [{ name: "x", ...scalar }, ...built.graph.outputs, { name: "w", ...scalar }];
  const model: OnnxModel = { ...built, graph: { ...built.graph, outputs } };
  const once = differentiateModel(model, { loss: "loss", wrt: ["x", "x"] });
  expect(once.graph.outputs.map(({ name }) => name)).toEqual(["x", "loss", "w", "gradient/x"]);
  const twice = differentiateModel(once, { loss: "gradient/x", wrt: ["x"], prefix: "second/" });
  checkModel(twice);
  const session = await ort.InferenceSession.create(writeOnnx(twice));
  const answers = await session.run({ x: new ort.Tensor("float32", [3], []) });
  const numbers = Object.entries(answers).map(([name, { data }]) => [name, Number(data[0])]);
  expect(Object.fromEntries(numbers)).toEqual({ x: 3, loss: 54, w: 2, "gradient/x": 54, "second/x": 36 });
});

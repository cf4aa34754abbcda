import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { checkModel } from "../check.ts";
import { valuesOf, type ElementType } from "../element-type.ts";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import { modernForms } from "./modern-forms.ts";
import { writtenSteps } from "./written-steps.ts";

const tensor = (
  name: string,
  elementType: ElementType,
  values: readonly number[],
  dims: readonly number[] = [],
): OnnxTensor => ({ name, elementType, dims, values: valuesOf(elementType, values) });

const value = (name: string, dims: ValueInfo["dims"], elementType: ElementType = "float32"): ValueInfo => ({
  name,
  elementType,
  dims,
});

/** A node of a line such as `y z = Op a b`; an input that is left out is `-`. */
function node(line: string, attributes: Readonly<Record<string, OnnxAttribute>> = {}): OnnxNode {
  const [outputs, [op, ...inputs]] = line.split(" = ").map((part) => part.split(" ")) as [string[], string[]];
  const named = (names: readonly string[]): string[] => names.map((name) => (name === "-" ? "" : name));
  return {
    name: `${op}_${outputs[0]}`,
    op: op!,
    domain: "",
    inputs: named(inputs),
    outputs: named(outputs),
    attributes,
  };
}

const graph = (
  inputs: readonly ValueInfo[],
  nodes: readonly OnnxNode[],
  outputs: readonly ValueInfo[],
  initializers: readonly OnnxTensor[] = [],
): OnnxGraph => ({ name: "g", nodes, initializers, inputs, outputs });

const held = (of: OnnxGraph): OnnxAttribute => ({ type: "graph", value: of });
const ints = (...of: number[]): OnnxAttribute => ({ type: "ints", value: of });
const int = (of: number): OnnxAttribute => ({ type: "int", value: of });

const model = (of: OnnxGraph, opset = 18): OnnxModel => ({
  irVersion: 8,
  opsets: [{ domain: "", version: opset }],
  producerName: "test",
  producerVersion: "",
  metadata: {},
  graph: of,
});

/** What ONNX Runtime answers, output by output. */
async function answers(of: OnnxModel): Promise<readonly unknown[]> {
  const session = await ort.InferenceSession.create(writeOnnx(of), { logSeverityLevel: 4 });
  try {
    const x = new ort.Tensor(
      "float32",
      Float32Array.from({ length: 12 }, (_, at) => Math.fround(at / 7 - 0.6)),
      [3, 4],
    );
    const results = await session.run({ x });
    return session.outputNames.map((name) => [name, results[name]!.dims, results[name]!.data]);
  } finally {
    await session.release();
  }
}

const x = value("x", [3, 4]);
const state = value("h", [4]);

/** The state times a weight, and a row of `x` of the step; the body of a recurrence. */
const recurrence = (go: readonly OnnxNode[], more: readonly OnnxTensor[] = []): OnnxGraph =>
  graph(
    [value("i", [], "int64"), value("on", [], "bool"), state],
    [
      node("row = Gather x i"),
      node("sized = Mul h w"),
      node("sum = Add row sized"),
      node("next = Tanh sum"),
      ...go,
    ],
    [value("goes", [], "bool"), value("next", [4]), value("sum", [4])],
    [tensor("w", "float32", [0.5, -1, 2, 0.25], [4]), ...more],
  );
const always = [node("goes = Identity on")];
const begin = [tensor("zero", "float32", [0, 0, 0, 0], [4]), tensor("yes", "bool", [1])];
const both = [value("last", [4]), value("all", ["steps", 4])];

const CASES: Readonly<Record<string, () => OnnxModel>> = {
  "a count": () =>
    model(
      graph([x], [node("last all = Loop n yes zero", { body: held(recurrence(always)) })], both, [
        ...begin,
        tensor("n", "int64", [3]),
      ]),
    ),
  "a condition that ends it before the count": () =>
    model(
      graph(
        [x],
        [
          node("last all = Loop n yes zero", {
            body: held(recurrence([node("goes = Less i one")], [tensor("one", "int64", [1])])),
          }),
        ],
        both,
        [...begin, tensor("n", "int64", [3])],
      ),
    ),
  "a condition and no count, in a form of opset 11": () =>
    model(
      graph(
        [x],
        [
          node("last all = Loop - yes zero", {
            body: held(recurrence([node("goes = Less i two")], [tensor("two", "int64", [2])])),
          }),
        ],
        both,
        begin,
      ),
      11,
    ),
  "a count of the input's length": () =>
    model(
      graph(
        [x],
        [
          node("shape = Shape x"),
          node("n = Gather shape first"),
          node("last all = Loop n - zero", { body: held(recurrence(always)) }),
        ],
        both,
        [...begin, tensor("first", "int64", [0])],
      ),
    ),
  "no step": () =>
    model(
      graph(
        [x],
        [node("last rest = Loop n yes zero", { body: held(recurrence(always)) }), node("out = Neg last")],
        [value("out", [4])],
        [...begin, tensor("n", "int64", [0])],
      ),
    ),
  "a loop in a loop, which reads the step of the outer one": () => {
    const inner = graph(
      [value("j", [], "int64"), value("more", [], "bool"), value("g", [4])],
      [node("own = Gather x i"), node("part = Add g own"), node("still = Identity more")],
      [value("still", [], "bool"), value("part", [4]), value("part", [4])],
    );
    const outer = graph(
      [value("i", [], "int64"), value("on", [], "bool"), state],
      [
        node("grown list = Loop two yes h", { body: held(inner) }),
        node("sum = ReduceSum list axes", { keepdims: int(0) }),
        node("goes = Identity on"),
      ],
      [value("goes", [], "bool"), value("grown", [4]), value("sum", [4])],
    );
    return model(
      graph([x], [node("last all = Loop n yes zero", { body: held(outer) })], both, [
        ...begin,
        tensor("n", "int64", [3]),
        tensor("two", "int64", [2]),
        tensor("axes", "int64", [0], [1]),
      ]),
    );
  },
  "Scan, forwards": () => model(scanned({ num_scan_inputs: int(1) })),
  "Scan along another axis, backwards, its results backwards and last": () =>
    model(
      scanned(
        {
          num_scan_inputs: int(1),
          scan_input_axes: ints(1),
          scan_input_directions: ints(1),
          scan_output_axes: ints(-1),
          scan_output_directions: ints(1),
        },
        3,
        4,
      ),
    ),
  "a branch": () =>
    model(
      graph(
        [x],
        [
          node("y = If yes", {
            then_branch: held(graph([], [node("a = Neg x")], [value("a", [3, 4])])),
            else_branch: held(graph([], [node("b = Abs x")], [value("b", [3, 4])])),
          }),
        ],
        [value("y", [3, 4])],
        begin,
      ),
    ),
};

/** Sums of the rows, or of the columns, of `x`. */
function scanned(attributes: Readonly<Record<string, OnnxAttribute>>, width = 4, steps = 3): OnnxGraph {
  const body = graph(
    [value("h", [width]), value("row", [width])],
    [node("next = Add h row"), node("twice = Add next next")],
    [value("next", [width]), value("twice", [width])],
  );
  const dims = "scan_output_axes" in attributes ? [width, steps] : [steps, width];
  return graph(
    [x],
    [node("last all = Scan zero x", { body: held(body), ...attributes })],
    [value("last", [width]), value("all", dims)],
    [
      tensor(
        "zero",
        "float32",
        Array.from({ length: width }, () => 0),
        [width],
      ),
    ],
  );
}

test.each(Object.entries(CASES))(
  "%s is written out, and ONNX Runtime answers as to the loop",
  async (_, make) => {
    const given = make();
    const { model: straight, rewrites, notes } = modernForms(given);
    expect(rewrites).toBeGreaterThan(0);
    expect(notes[0]).toMatch(/ is written out: \d+ nodes$/);
    expect(straight.graph.nodes.map(({ op }) => op)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(If|Loop|Scan)$/)]),
    );
    checkModel(straight);
    expect(await answers(straight)).toEqual(await answers(given));
  },
);

test("weights of a body are held once, whatever its steps", () => {
  const { model: straight } = writtenSteps(CASES["a count"]!());
  expect(
    straight.graph.initializers.filter(({ dims, name }) => dims[0] === 4 && name.startsWith("w")),
  ).toHaveLength(1);
});

test("what only the run decides stays as it is, and is said", () => {
  const body = recurrence(
    [node("top = ReduceMax next"), node("goes = Less top one")],
    [tensor("one", "float32", [1])],
  );
  const given = model(
    graph([x], [node("last all = Loop n yes zero", { body: held(body) })], both, [
      ...begin,
      tensor("n", "int64", [3]),
    ]),
  );
  const { model: same, rewrites, notes } = writtenSteps(given);
  expect([same, rewrites]).toEqual([given, 0]);
  expect(notes).toEqual([
    'Loop "Loop_last" stays: whether it goes on after step 1 is known only when the graph runs',
  ]);
  const open = model(
    graph(
      [x, value("n", [], "int64")],
      [node("last all = Loop n yes zero", { body: held(recurrence(always)) })],
      both,
      begin,
    ),
  );
  expect(writtenSteps(open).notes[0]).toContain("how many steps it has is known only when the graph runs");
});

test("a loop of a billion steps is not written out", () => {
  const given = model(
    graph([x], [node("last all = Loop n yes zero", { body: held(recurrence(always)) })], both, [
      ...begin,
      tensor("n", "int64", [1e9]),
    ]),
  );
  const { rewrites, notes } = writtenSteps(given);
  expect([rewrites, notes[0]]).toEqual([0, expect.stringContaining("more than 20000 nodes")]);
});

test.each<[string, string, Readonly<Record<string, OnnxAttribute>>, string]>([
  ["Loop without its body", "last all = Loop n yes zero", {}, "a graph as attribute body, received none"],
  [
    "Loop whose body takes less",
    "last all = Loop n yes zero zero",
    { body: held(recurrence(always)) },
    "takes 4 values",
  ],
  [
    "Loop whose body gives less",
    "last all more = Loop n yes zero",
    { body: held(recurrence(always)) },
    "at least 4",
  ],
  [
    "Scan whose body takes more",
    "last all = Scan zero x",
    { body: held(recurrence(always)), num_scan_inputs: int(1) },
    "takes 2 values",
  ],
  [
    "Scan of more than it has",
    "last all = Scan zero x",
    { body: held(recurrence(always)), num_scan_inputs: int(9) },
    "num_scan_inputs from 1 to its 2 inputs, received 9",
  ],
  [
    "Scan with an axis too few",
    "last all = Scan zero x x",
    { body: held(recurrence(always)), num_scan_inputs: int(2), scan_input_axes: ints(1) },
    "2 numbers as attribute scan_input_axes, received 1",
  ],
  ["If without its branch", "last = If yes", { then_branch: int(1) }, "attribute then_branch, received int"],
])("%s is malformed", (_, line, attributes, said) => {
  const given = model(graph([x], [node(line, attributes)], both, [...begin, tensor("n", "int64", [3])]));
  expect(() => modernForms(given)).toThrow(said);
  expect(() => modernForms(given)).toThrow("MODEL_MALFORMED");
});

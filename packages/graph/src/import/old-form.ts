import type { OnnxNode } from "../onnx.ts";
import { unsupported } from "../unsupported.ts";
import { floatsIn, intsIn, rewritten, type FormCall } from "./form-call.ts";

/** A form that an operator had up to an opset, and how the present one says the same. */
export interface OldForm {
  /** The opset that gave the operator its present form; infinite for what no opset has. */
  readonly before: number;
  /** @throws MODEL_UNSUPPORTED for what the present form cannot say. */
  readonly rewrite: (call: FormCall) => readonly OnnxNode[];
}

/** Bounds are at most so far: 64 bits as numbers would be rounded up into the sign. */
const FARTHEST = 2 ** 31 - 1;

/** An attribute of whole numbers that became the input behind the others. */
const inputOf = (attribute: string, before: number): OldForm => ({
  before,
  rewrite(call) {
    const values = intsIn(call, attribute);
    if (values === undefined) return [call.node];
    return [rewritten(call, [...call.node.inputs, call.constant("int64", values)], [attribute])];
  },
});

/** Softmax of before 13 counts over all axes from `axis` on, 1 where it says none. */
const flattened: OldForm = {
  before: 13,
  rewrite(call) {
    const { node, fresh } = call;
    const [x, y] = [node.inputs[0]!, node.outputs[0]!];
    const axis = intsIn(call, "axis")?.[0] ?? 1;
    if (axis === -1 || call.rank(x) === axis + 1 || call.rank(y) === axis + 1)
      return [rewritten(call, [x], ["axis"], { axis: { type: "int", value: -1 } })];
    const [shape, flat, even] = ["shape", "flat", node.op].map((name) => fresh(`${name}_of_${x}`)) as [
      string,
      string,
      string,
    ];
    const of = (op: string, name: string, inputs: readonly string[], axis?: number): OnnxNode => ({
      name,
      op,
      domain: "",
      inputs,
      outputs: [name],
      attributes: axis === undefined ? {} : { axis: { type: "int", value: axis } },
    });
    return [
      of("Shape", shape, [x]),
      of("Flatten", flat, [x], axis),
      of(node.op, even, [flat], -1),
      { ...of("Reshape", node.name, [even, shape]), outputs: [y] },
    ];
  },
};

/** Upsample, and Resize of 10: corners stay where they are, and by scales of 1 so does everything. */
const enlarged: OldForm = {
  before: 11,
  rewrite(call) {
    const { who, node } = call;
    const given = floatsIn(call, "scales");
    const scales = given ?? call.known(node.inputs[1]);
    const most = Math.max(...(scales ?? [1]));
    const least = Math.min(...(scales ?? [1]));
    if (scales === undefined || (most > 1 && least < 1))
      throw unsupported(who, "scales that are constant and all up or all down", String(scales ?? "others"));
    if (most === 1 && least === 1)
      return [{ ...node, op: "Identity", inputs: node.inputs.slice(0, 1), attributes: {} }];
    const name = given === undefined ? node.inputs[1]! : call.constant("float32", given);
    const nearest = least < 1 ? "ceil" : "floor";
    return [
      {
        ...rewritten(call, [node.inputs[0]!, "", name], ["scales"], {
          coordinate_transformation_mode: { type: "string", value: "asymmetric" },
          nearest_mode: { type: "string", value: nearest },
        }),
        op: "Resize",
      },
    ];
  },
};

/** Forms of standard operators that later opsets gave up (ONNX, docs/Changelog.md), and what no opset ever had. */
export const OLD_FORMS: Readonly<Record<string, OldForm>> = {
  Squeeze: inputOf("axes", 13),
  Unsqueeze: inputOf("axes", 13),
  ReduceSum: inputOf("axes", 13),
  ReduceL1: inputOf("axes", 18),
  ReduceL2: inputOf("axes", 18),
  ReduceLogSum: inputOf("axes", 18),
  ReduceLogSumExp: inputOf("axes", 18),
  ReduceMax: inputOf("axes", 18),
  ReduceMean: inputOf("axes", 18),
  ReduceMin: inputOf("axes", 18),
  ReduceProd: inputOf("axes", 18),
  ReduceSumSquare: inputOf("axes", 18),
  TopK: inputOf("k", 10),
  Softmax: flattened,
  LogSoftmax: flattened,
  Hardmax: flattened,
  Upsample: { ...enlarged, before: Infinity },
  Resize: enlarged,
  Split: {
    before: 18,
    rewrite(call) {
      const { node } = call;
      const lengths = intsIn(call, "split");
      if (lengths !== undefined)
        return [rewritten(call, [node.inputs[0]!, call.constant("int64", lengths)], ["split"])];
      if (node.inputs.length > 1) return [node];
      return [rewritten(call, node.inputs, [], { num_outputs: { type: "int", value: node.outputs.length } })];
    },
  },
  Slice: {
    before: 10,
    rewrite(call) {
      const bounds = ["starts", "ends", "axes"].map((name) => {
        const values = intsIn(call, name)?.map((value) => Math.max(-FARTHEST, Math.min(FARTHEST, value)));
        return values === undefined ? "" : call.constant("int64", values);
      });
      return [rewritten(call, [call.node.inputs[0]!, ...bounds], ["starts", "ends", "axes"])];
    },
  },
  Clip: {
    before: 11,
    rewrite(call) {
      const [x] = call.node.inputs;
      const bounds = ["min", "max"].map((name) => {
        const value = floatsIn(call, name);
        return value === undefined ? "" : call.constant(call.elementType(x!), value, []);
      });
      return [rewritten(call, [x!, ...bounds], ["min", "max"])];
    },
  },
  Pad: {
    before: 11,
    rewrite(call) {
      const [x] = call.node.inputs;
      const pads = call.constant("int64", intsIn(call, "pads") ?? []);
      const value = floatsIn(call, "value");
      const filled = value === undefined ? "" : call.constant(call.elementType(x!), value, []);
      return [rewritten(call, [x!, pads, filled], ["pads", "value"])];
    },
  },
  // Its ratio counts in training alone.
  Dropout: { before: 12, rewrite: (call) => [rewritten(call, call.node.inputs, ["ratio"])] },
  BatchNormalization: {
    before: 9,
    rewrite(call) {
      const spatial = intsIn(call, "spatial")?.[0] ?? 1;
      if (spatial !== 1) throw unsupported(call.who, "one mean a channel (spatial 1)", `spatial ${spatial}`);
      return [rewritten(call, call.node.inputs, ["spatial"])];
    },
  },
  Scatter: { before: Infinity, rewrite: ({ node }) => [{ ...node, op: "ScatterElements" }] },
  // tf2onnx leaves it where it finds no other (Keras' gelu): ONNX never had it, and no runtime runs it.
  Erfc: {
    before: Infinity,
    rewrite(call) {
      const { node } = call;
      const name = call.fresh("Erf");
      const one = call.constant(call.elementType(node.inputs[0]!), [1], []);
      return [
        { ...node, name, op: "Erf", outputs: [name] },
        { ...node, op: "Sub", inputs: [one, name] },
      ];
    },
  },
};

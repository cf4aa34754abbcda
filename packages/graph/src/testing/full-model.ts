import { valuesOf, type ElementType } from "../element-type.ts";
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from "../onnx.ts";

const utf8 = new TextEncoder();

function tensor(name: string, elementType: ElementType, numbers: readonly number[]): OnnxTensor {
  return { name, elementType, dims: [numbers.length], values: valuesOf(elementType, numbers) };
}

function node(op: string, inputs: readonly string[], outputs: readonly string[]): OnnxNode {
  return { name: "", op, domain: "", inputs, outputs, attributes: {} };
}

function value(name: string, rest: Partial<ValueInfo> = {}): ValueInfo {
  return { name, elementType: "float32", dims: [2], ...rest };
}

/** The body of a branch: one constant handed out. */
function branch(name: string, number: number): OnnxGraph {
  return {
    name,
    nodes: [node("Identity", [`${name}_c`], [`${name}_y`])],
    initializers: [tensor(`${name}_c`, "float32", [number, number])],
    inputs: [],
    outputs: [value(`${name}_y`)],
  };
}

const SPARSE = {
  values: tensor("sparse", "float32", [1, 2]),
  indices: tensor("", "int64", [0, 3]),
  dims: [5],
};

const NUMBERS: readonly ElementType[] = [
  "float32",
  "float64",
  "float16",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "bool",
  "bfloat16",
  "float8e4m3fn",
  "float8e4m3fnuz",
  "float8e5m2",
  "float8e5m2fnuz",
  "float8e8m0",
];

/** A model that has something of everything that onnx.proto knows; no runtime would run it. */
export function fullModel(): OnnxModel {
  const initializers: OnnxTensor[] = [
    ...NUMBERS.map((type) => tensor(`raw_${type}`, type, [0, 1, 1])),
    ...NUMBERS.map((type) => ({ ...tensor(`typed_${type}`, type, [1, 0, 1]), storage: "typed" as const })),
    { name: "raw_int4", elementType: "int4", dims: [3], values: Uint8Array.of(0x21, 0x03) },
    {
      name: "typed_uint2",
      elementType: "uint2",
      dims: [5],
      values: Uint8Array.of(0x1b, 1),
      storage: "typed",
    },
    { name: "raw_float4", elementType: "float4e2m1", dims: [2], values: Uint8Array.of(0x21) },
    { name: "complex64", elementType: "complex64", dims: [1], values: Float32Array.of(1, 2) },
    {
      name: "complex128",
      elementType: "complex128",
      dims: [1],
      values: Float64Array.of(1, 2),
      storage: "typed",
    },
    {
      name: "texts",
      elementType: "string",
      dims: [2],
      values: new Uint8Array(),
      strings: [utf8.encode("Zoë"), Uint8Array.of(0xff, 0)],
      docString: "names",
      metadata: { unit: "none" },
    },
    {
      name: "away",
      elementType: "float32",
      dims: [4],
      values: new Float32Array(),
      external: { location: "weights/a.bin", offset: "64", length: "16", pinned: "yes" },
    },
  ];
  const nodes: OnnxNode[] = [
    {
      ...node("If", ["cond"], ["chosen"]),
      attributes: {
        then_branch: { type: "graph", value: branch("then", 1), docString: "" },
        else_branch: { type: "graph", value: branch("else", 2) },
      },
      docString: "a choice",
      metadata: { namespace: "a/b" },
    },
    {
      ...node("Custom", ["x", "", "chosen"], ["y", ""]),
      name: "custom",
      domain: "com.example",
      overload: "fast",
      attributes: {
        bodies: { type: "graphs", value: [branch("one", 3), branch("two", 4)] },
        bytes: { type: "string", value: "\uFFFD", exact: Uint8Array.of(0xff) },
        end: { type: "int", value: 2 ** 63, exact: 2n ** 63n - 1n },
        ends: { type: "ints", value: [1, -(2 ** 63)], exact: [1n, -(2n ** 63n)] },
        floats: { type: "floats", value: [0.5, -0, Number.POSITIVE_INFINITY] },
        label: { type: "string", value: "ä" },
        labels: { type: "strings", value: ["a", "", "b"] },
        rate: { type: "float", value: 0.25 },
        sparse: { type: "sparse_tensor", value: SPARSE },
        sparses: { type: "sparse_tensors", value: [SPARSE, SPARSE] },
        table: { type: "tensor", value: tensor("t", "int64", [1, -1]) },
        tables: { type: "tensors", value: [tensor("a", "uint8", [1]), tensor("b", "float16", [2])] },
        type: { type: "type_proto", value: { kind: "sequence", of: { kind: "none" } } },
        types: {
          type: "type_protos",
          value: [{ kind: "opaque", domain: "d", name: "n" }, { kind: "none" }],
        },
      },
    },
  ];
  const graph: OnnxGraph = {
    name: "everything",
    nodes,
    initializers,
    inputs: [
      value("x", { dims: ["N", 3, ""], docString: "features", metadata: { unit: "m" } }),
      value("cond", { elementType: "bool", dims: [] }),
      value("unshaped", { dims: [], type: { kind: "tensor", elementType: "float32" } }),
      value("image", {
        dims: ["N", ""],
        type: {
          kind: "tensor",
          elementType: "float32",
          dims: ["N", ""],
          notes: [{ denotation: "DATA_BATCH" }, { length: -1 }],
          denotation: "IMAGE",
        },
      }),
      value("pairs", {
        elementType: "undefined",
        dims: [],
        type: {
          kind: "optional",
          of: {
            kind: "map",
            key: "int64",
            of: { kind: "sequence", of: { kind: "tensor", elementType: "string" } },
          },
        },
      }),
      value("few", {
        elementType: "undefined",
        dims: [],
        type: { kind: "sparse_tensor", elementType: "float64", dims: [3] },
      }),
      value("untyped", { elementType: "undefined", dims: [], type: { kind: "none" } }),
    ],
    outputs: [value("y")],
    sparseInitializers: [SPARSE],
    values: [value("chosen")],
    quantisation: [
      { tensor: "x", parameters: { SCALE_TENSOR: "raw_float32", ZERO_POINT_TENSOR: "raw_int8" } },
    ],
    docString: "a graph",
    metadata: { author: "Zoë" },
  };
  return {
    irVersion: 11,
    opsets: [
      { domain: "", version: 22 },
      { domain: "com.example", version: 1 },
    ],
    producerName: "tideline",
    producerVersion: "1",
    domain: "com.example",
    modelVersion: 7,
    docString: "all of it",
    graph,
    metadata: { "a.b": "c" },
    training: [
      {
        initialization: branch("first", 0),
        algorithm: branch("step", 1),
        initializationBinding: { w: "first_y" },
        updateBinding: { w: "step_y" },
      },
    ],
    functions: [
      {
        name: "Custom",
        domain: "com.example",
        overload: "fast",
        inputs: ["a"],
        outputs: ["b"],
        attributes: ["rate"],
        defaults: { sharp: { type: "int", value: 1 } },
        nodes: [
          {
            ...node("LeakyRelu", ["a"], ["b"]),
            attributes: { alpha: { type: "ref", value: "rate", code: 1 } },
          },
        ],
        opsets: [{ domain: "", version: 22 }],
        values: [value("b")],
        docString: "a function",
        metadata: { of: "ours" },
      },
    ],
    // A device configuration (field 26), which is kept unread.
    rest: { unknown: Uint8Array.of(0xd2, 0x01, 0x05, 0x0a, 0x01, 0x67, 0x10, 0x02) },
  };
}

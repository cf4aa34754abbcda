import { Builder } from "flatbuffers";
import type { ForestLists } from "../../test/table/random-forest.ts";

/** `BuiltinOperator` and `TensorType` of LiteRT's schema. */
const OPERATORS = { GATHER: 36, LESS_EQUAL: 63, SUM: 74, SELECT_V2: 123 } as const;
const TYPES = { float32: 0, int32: 2, bool: 6 } as const;

interface TensorPart {
  readonly type: keyof typeof TYPES;
  readonly shape: readonly number[];
  readonly data?: Float32Array | Int32Array;
}

interface OperatorPart {
  readonly name: keyof typeof OPERATORS;
  readonly inputs: readonly number[];
  readonly output: number;
}

/** A vector of numbers or offsets. */
function vector(builder: Builder, values: readonly number[], kind: "int" | "offset"): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed())
    if (kind === "int") builder.addInt32(value);
    else builder.addOffset(value);
  return builder.endVector();
}

/** The bytes of a model of one subgraph (version 3 of schema.fbs; fields by their numbers there). */
function modelBytes(
  tensors: readonly TensorPart[],
  operators: readonly OperatorPart[],
  input: number,
  output: number,
): Uint8Array {
  const builder = new Builder(1 << 20);
  const table = (fields: number, fill: () => void): number => {
    builder.startObject(fields);
    fill();
    return builder.endObject();
  };
  const codes = Object.keys(OPERATORS) as (keyof typeof OPERATORS)[];
  const buffers = [undefined, ...tensors.map(({ data }) => data)].map((data) => {
    if (data === undefined) return table(1, () => {});
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    builder.startVector(1, bytes.length, 16);
    for (let at = bytes.length - 1; at >= 0; at--) builder.addInt8(bytes[at]!);
    const content = builder.endVector();
    return table(1, () => builder.addFieldOffset(0, content, 0));
  });
  const tensorOffsets = tensors.map(({ type, shape }, index) => {
    const name = builder.createString(`t${index}`);
    const dims = vector(builder, shape, "int");
    return table(4, () => {
      builder.addFieldOffset(0, dims, 0);
      builder.addFieldInt8(1, TYPES[type], 0);
      builder.addFieldInt32(2, index + 1, 0);
      builder.addFieldOffset(3, name, 0);
    });
  });
  const operatorOffsets = operators.map(({ name, inputs, output }) => {
    const [from, to] = [vector(builder, inputs, "int"), vector(builder, [output], "int")];
    return table(3, () => {
      builder.addFieldInt32(0, codes.indexOf(name), 0);
      builder.addFieldOffset(1, from, 0);
      builder.addFieldOffset(2, to, 0);
    });
  });
  const codeOffsets = codes.map((name) =>
    table(4, () => {
      builder.addFieldInt8(0, OPERATORS[name], 0);
      builder.addFieldInt32(2, 1, 1);
      builder.addFieldInt32(3, OPERATORS[name], 0);
    }),
  );
  const parts = [
    vector(builder, tensorOffsets, "offset"),
    vector(builder, [input], "int"),
    vector(builder, [output], "int"),
    vector(builder, operatorOffsets, "offset"),
  ];
  const graph = table(4, () => {
    for (const [field, part] of parts.entries()) builder.addFieldOffset(field, part, 0);
  });
  const description = builder.createString("trees");
  const lists = [codeOffsets, [graph], undefined, buffers].map((list) =>
    list === undefined ? description : vector(builder, list, "offset"),
  );
  const model = table(5, () => {
    builder.addFieldInt32(0, 3, 0);
    for (const [at, list] of lists.entries()) builder.addFieldOffset(at + 1, list, 0);
  });
  builder.finish(model, "TFL3");
  return builder.asUint8Array();
}

/**
 * Trees whose nodes ask "at most" as a `.tflite`: all of them go down one level at a time, by GATHER of their nodes'
 * features, thresholds and children; a leaf leads to itself.
 */
export function treesForLiteRt({ nodes, trees, leaves, weights }: ForestLists, features: number): Uint8Array {
  const count = nodes.nodes_modes.length;
  const first = new Map<number, number>();
  for (const [at, tree] of nodes.nodes_treeids.entries()) if (!first.has(tree)) first.set(tree, at);
  const place = (at: number, child: number): number =>
    nodes.nodes_modes[at] === "LEAF" ? at : first.get(nodes.nodes_treeids[at]!)! + child;
  const yes = Int32Array.from({ length: count }, (_, at) => place(at, nodes.nodes_truenodeids[at]!));
  const no = Int32Array.from({ length: count }, (_, at) => place(at, nodes.nodes_falsenodeids[at]!));
  const value = new Float32Array(count);
  for (const [at, weight] of weights.entries()) value[first.get(trees[at]!)! + leaves[at]!] = weight;
  const depth = new Int32Array(count);
  for (let at = count - 1; at >= 0; at--)
    if (yes[at] !== at) depth[at] = 1 + Math.max(depth[yes[at]!]!, depth[no[at]!]!);

  const tensors: TensorPart[] = [];
  const operators: OperatorPart[] = [];
  const tensor = (part: TensorPart): number => tensors.push(part) - 1;
  const constant = (data: Float32Array | Int32Array): number =>
    tensor({ type: data instanceof Float32Array ? "float32" : "int32", shape: [data.length], data });
  const apply = (
    name: OperatorPart["name"],
    inputs: readonly number[],
    type: TensorPart["type"],
    length: number,
  ): number => {
    const output = tensor({ type, shape: [length] });
    operators.push({ name, inputs, output });
    return output;
  };
  const x = tensor({ type: "float32", shape: [features] });
  const [feature, threshold, left, right, weight] = [
    constant(Int32Array.from(nodes.nodes_featureids)),
    constant(Float32Array.from(nodes.nodes_values)),
    constant(yes),
    constant(no),
    constant(value),
  ];
  const roots = Int32Array.from(first.values());
  const each = roots.length;
  let at = constant(roots);
  for (let level = Math.max(...depth); level > 0; level--) {
    const asked = apply("GATHER", [x, apply("GATHER", [feature!, at], "int32", each)], "float32", each);
    const bound = apply("GATHER", [threshold!, at], "float32", each);
    const most = apply("LESS_EQUAL", [asked, bound], "bool", each);
    const sides = [left, right].map((side) => apply("GATHER", [side!, at], "int32", each));
    at = apply("SELECT_V2", [most, ...sides], "int32", each);
  }
  const sum = apply(
    "SUM",
    [apply("GATHER", [weight!, at], "float32", each), constant(Int32Array.of(0))],
    "float32",
    1,
  );
  return modelBytes(tensors, operators, x, sum);
}

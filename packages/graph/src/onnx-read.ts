import type {
  Dim,
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OpsetImport,
  ValueInfo,
} from "./onnx.ts";
import { readElementType, readTensor } from "./onnx-read-tensor.ts";
import { bytesOf, fixedBytesOf, floatOf, intOf, intsOf, malformed, readFields, textOf } from "./protobuf.ts";
import { unsupported } from "./unsupported.ts";

/** `AttributeProto.AttributeType` of onnx.proto. */
const ATTRIBUTE_TYPES: Readonly<Record<number, OnnxAttribute["type"]>> = {
  1: "float",
  2: "int",
  3: "string",
  4: "tensor",
  6: "floats",
  7: "ints",
  8: "strings",
};

function readAttribute(bytes: Uint8Array): readonly [string, OnnxAttribute] {
  const message = "AttributeProto";
  let name = "";
  let code = 0;
  let tensor: OnnxTensor | undefined;
  const single = { float: 0, int: 0, string: "" };
  const repeated: { floats: number[]; ints: number[]; strings: string[] } = {
    floats: [],
    ints: [],
    strings: [],
  };
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) name = textOf(field, message);
    else if (field.number === 2) single.float = floatOf(field, message);
    else if (field.number === 3) single.int = intOf(field, message);
    else if (field.number === 4) single.string = textOf(field, message);
    else if (field.number === 5) tensor = readTensor(bytesOf(field, message));
    else if (field.number === 7) {
      const packed = fixedBytesOf(field, 4, message);
      const view = new DataView(packed.buffer, packed.byteOffset, packed.length);
      for (let at = 0; at < packed.length; at += 4) repeated.floats.push(view.getFloat32(at, true));
    } else if (field.number === 8) for (const value of intsOf(field, message)) repeated.ints.push(value);
    else if (field.number === 9) repeated.strings.push(textOf(field, message));
    else if (field.number === 20) code = intOf(field, message);
  }
  const type = ATTRIBUTE_TYPES[code];
  switch (type) {
    case "float":
    case "int":
      return [name, Object.freeze({ type, value: single[type] })];
    case "string":
      return [name, Object.freeze({ type, value: single.string })];
    case "floats":
    case "ints":
      return [name, Object.freeze({ type, value: Object.freeze(repeated[type]) })];
    case "strings":
      return [name, Object.freeze({ type, value: Object.freeze(repeated.strings) })];
    case "tensor":
      if (tensor === undefined) throw malformed(message, `a tensor in attribute "${name}"`, "none");
      return [name, Object.freeze({ type, value: tensor })];
    case undefined:
      throw unsupported(`attribute "${name}"`, "a number, text or tensor", `attribute type ${code}`);
  }
}

function readNode(bytes: Uint8Array): OnnxNode {
  const message = "NodeProto";
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: (readonly [string, OnnxAttribute])[] = [];
  const text = { name: "", op: "", domain: "" };
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) inputs.push(textOf(field, message));
    else if (field.number === 2) outputs.push(textOf(field, message));
    else if (field.number === 3) text.name = textOf(field, message);
    else if (field.number === 4) text.op = textOf(field, message);
    else if (field.number === 5) attributes.push(readAttribute(bytesOf(field, message)));
    else if (field.number === 7) text.domain = textOf(field, message);
  }
  return Object.freeze({
    ...text,
    inputs: Object.freeze(inputs),
    outputs: Object.freeze(outputs),
    attributes: Object.freeze(Object.fromEntries(attributes)),
  });
}

function readDim(bytes: Uint8Array): Dim {
  const message = "TensorShapeProto.Dimension";
  let dim: Dim = "";
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) dim = intOf(field, message);
    else if (field.number === 2) dim = textOf(field, message);
  }
  if (typeof dim === "number" && dim < 0) throw malformed(message, "a length of at least 0", String(dim));
  return dim;
}

/** The payload of the one field with this number, where the message has it; the last one wins. */
function nested(bytes: Uint8Array, message: string, number: number): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const field of readFields(bytes, message))
    if (field.number === number) found = bytesOf(field, message);
  return found;
}

function readValue(bytes: Uint8Array): ValueInfo {
  let name = "";
  for (const field of readFields(bytes, "ValueInfoProto"))
    if (field.number === 1) name = textOf(field, "ValueInfoProto");
  const who = `graph value "${name}"`;
  const type = nested(bytes, "ValueInfoProto", 2);
  const tensor = type && nested(type, "TypeProto", 1);
  if (tensor === undefined) throw unsupported(who, "a tensor type", "another type or none");
  let code = 0;
  for (const field of readFields(tensor, "TypeProto.Tensor"))
    if (field.number === 1) code = intOf(field, "TypeProto.Tensor");
  const shape = nested(tensor, "TypeProto.Tensor", 2);
  if (shape === undefined) throw unsupported(who, "a shape", "none");
  const dims: Dim[] = [];
  for (const field of readFields(shape, "TensorShapeProto"))
    if (field.number === 1) dims.push(readDim(bytesOf(field, "TensorShapeProto")));
  return Object.freeze({ name, elementType: readElementType(code, who), dims: Object.freeze(dims) });
}

function readGraph(bytes: Uint8Array): OnnxGraph {
  const message = "GraphProto";
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: ValueInfo[] = [];
  const outputs: ValueInfo[] = [];
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) nodes.push(readNode(bytesOf(field, message)));
    else if (field.number === 2) name = textOf(field, message);
    else if (field.number === 5) initializers.push(readTensor(bytesOf(field, message)));
    else if (field.number === 11) inputs.push(readValue(bytesOf(field, message)));
    else if (field.number === 12) outputs.push(readValue(bytesOf(field, message)));
    else if (field.number === 15) throw unsupported(`graph "${name}"`, "dense initializers", "a sparse one");
  }
  return Object.freeze({
    name,
    nodes: Object.freeze(nodes),
    initializers: Object.freeze(initializers),
    inputs: Object.freeze(inputs),
    outputs: Object.freeze(outputs),
  });
}

function readOpset(bytes: Uint8Array): OpsetImport {
  const message = "OperatorSetIdProto";
  let domain = "";
  let version = 0;
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) domain = textOf(field, message);
    else if (field.number === 2) version = intOf(field, message);
  }
  return Object.freeze({ domain, version });
}

function readEntry(bytes: Uint8Array): readonly [string, string] {
  const message = "StringStringEntryProto";
  let key = "";
  let value = "";
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) key = textOf(field, message);
    else if (field.number === 2) value = textOf(field, message);
  }
  return [key, value];
}

/**
 * Reads the bytes of an ONNX file. It checks the file's form only; `checkModel` says whether the graph is legal.
 * Unknown fields are skipped, documentation strings and the types of inner values are dropped.
 *
 * @throws MODEL_MALFORMED when the bytes are not a ModelProto; MODEL_UNSUPPORTED when it holds what we do not
 * read: subgraphs, text or half-precision tensors, external data, values without a shape.
 */
export function readOnnx(bytes: Uint8Array): OnnxModel {
  const message = "ModelProto";
  let irVersion = 0;
  const text = { producerName: "", producerVersion: "" };
  let graph: OnnxGraph | undefined;
  const opsets: OpsetImport[] = [];
  const metadata: (readonly [string, string])[] = [];
  for (const field of readFields(bytes, message)) {
    if (field.number === 1) irVersion = intOf(field, message);
    else if (field.number === 2) text.producerName = textOf(field, message);
    else if (field.number === 3) text.producerVersion = textOf(field, message);
    else if (field.number === 7) graph = readGraph(bytesOf(field, message));
    else if (field.number === 8) opsets.push(readOpset(bytesOf(field, message)));
    else if (field.number === 14) metadata.push(readEntry(bytesOf(field, message)));
  }
  if (graph === undefined) throw malformed(message, "a graph", "none");
  return Object.freeze({
    irVersion,
    opsets: Object.freeze(opsets),
    ...text,
    graph,
    metadata: Object.freeze(Object.fromEntries(metadata)),
  });
}

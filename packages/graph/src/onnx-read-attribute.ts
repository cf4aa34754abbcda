import type { OnnxAttribute, OnnxGraph, OnnxTensor } from "./onnx.ts";
import { readSparseTensor, readTensorAt, type TensorSource } from "./onnx-read-tensor.ts";
import { readType } from "./onnx-read-value.ts";
import { restReader } from "./onnx-rest.ts";
import {
  decodeText,
  joinBytes,
  malformed,
  mergeMessages,
  nextTag,
  openMessage,
  quoted,
  readBytes,
  readFixed,
  readInt,
  readIntegers,
  readText,
  countMessage,
  skipField,
  type Cursor,
} from "./protobuf.ts";

/** What the parts of a model are read with. */
export interface ReadContext extends TensorSource {
  /** Reads a `GraphProto`: of the model, of a training step or of an attribute. */
  readonly graph: (cursor: Cursor, context: ReadContext) => OnnxGraph;
}

/** `AttributeProto.AttributeType` of onnx.proto, and the field that holds its value. */
export const ATTRIBUTE_TYPES = {
  float: { code: 1, field: 2 },
  int: { code: 2, field: 3 },
  string: { code: 3, field: 4 },
  tensor: { code: 4, field: 5 },
  graph: { code: 5, field: 6 },
  floats: { code: 6, field: 7 },
  ints: { code: 7, field: 8 },
  strings: { code: 8, field: 9 },
  tensors: { code: 9, field: 10 },
  graphs: { code: 10, field: 11 },
  sparse_tensor: { code: 11, field: 22 },
  sparse_tensors: { code: 12, field: 23 },
  type_proto: { code: 13, field: 14 },
  type_protos: { code: 14, field: 15 },
} as const satisfies Partial<Record<OnnxAttribute["type"], { code: number; field: number }>>;

type ValueType = keyof typeof ATTRIBUTE_TYPES;

const BY_CODE = new Map<number, ValueType>(
  (Object.keys(ATTRIBUTE_TYPES) as ValueType[]).map((type) => [ATTRIBUTE_TYPES[type].code, type]),
);
const BY_FIELD = new Map<number, ValueType>(
  (Object.keys(ATTRIBUTE_TYPES) as ValueType[]).map((type) => [ATTRIBUTE_TYPES[type].field, type]),
);

/** What a first reading of an attribute finds: its name and which fields it has. */
interface Head {
  readonly name: string;
  readonly type: ValueType | undefined;
  readonly code: number;
  readonly ref: string;
}

function readHead(cursor: Cursor): Head {
  const { position } = cursor;
  let [name, ref, code] = ["", "", 0];
  const found = new Set<ValueType>();
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    const type = BY_FIELD.get(field);
    if (type !== undefined) found.add(type);
    if (field === 1) name = readText(cursor, tag);
    else if (field === 20) code = readInt(cursor, tag);
    else if (field === 21) ref = readText(cursor, tag);
    else skipField(cursor, tag);
  }
  cursor.position = position;
  // The first version of the format did not say the type: then the only field with a value does.
  const [only] = found;
  const type = code === 0 && found.size === 1 ? only : BY_CODE.get(code);
  return { name, type, code, ref };
}

/** Single-precision numbers from little-endian bytes. */
function floatsOf(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(4 * at, true));
}

/** The bytes of numbers of which one is no number: its bits may not survive as one. */
function exactFloats(bytes: Uint8Array, values: readonly number[]): { exact?: Uint8Array } {
  return values.some(Number.isNaN) ? { exact: bytes.slice() } : {};
}

const lossy = new TextDecoder("utf-8", { ignoreBOM: true });

/** Bytes as text, replacing what is not UTF-8. */
function textOf(bytes: Uint8Array): string {
  return decodeText(bytes) ?? lossy.decode(bytes);
}

/** All appearances of the value's field. */
interface Found {
  readonly fixed: Uint8Array[];
  readonly integers: (number | bigint)[];
  readonly bytes: Uint8Array[];
  readonly messages: Cursor[];
}

const MESSAGES: Partial<Record<ValueType, string>> = {
  tensor: "TensorProto",
  tensors: "TensorProto",
  graph: "GraphProto",
  graphs: "GraphProto",
  sparse_tensor: "SparseTensorProto",
  sparse_tensors: "SparseTensorProto",
  type_proto: "TypeProto",
  type_protos: "TypeProto",
};

function collect(cursor: Cursor, tag: number, type: ValueType, found: Found): void {
  const message = MESSAGES[type];
  if (message !== undefined) found.messages.push(openMessage(cursor, tag, message));
  else if (type === "float" || type === "floats") {
    const bytes = readFixed(cursor, tag, 4);
    if (type === "float" && bytes.length !== 4)
      throw malformed(cursor.message, "one number", `${bytes.length / 4}`);
    found.fixed.push(bytes);
  } else if (type === "int" || type === "ints") {
    if (type === "int" && (tag & 7) !== 0)
      throw malformed(cursor.message, "field 3 as a varint", "other bytes");
    readIntegers(cursor, tag, found.integers);
  } else {
    countMessage(cursor);
    found.bytes.push(readBytes(cursor, tag));
  }
}

/** One message of a field that should have one. */
function one(type: ValueType, name: string, { messages }: Found): Cursor {
  const merged = mergeMessages(messages);
  if (merged !== undefined) return merged;
  throw malformed("AttributeProto", `a ${type} in attribute ${quoted(name)}`, "none");
}

/** The value of an attribute, frozen, and what it cannot say. */
function valueOf(type: ValueType, name: string, found: Found, context: ReadContext): OnnxAttribute {
  const tensor = (cursor: Cursor): OnnxTensor => readTensorAt(cursor, context);
  switch (type) {
    case "float": {
      const bytes = found.fixed.at(-1) ?? new Uint8Array(4);
      const values = floatsOf(bytes);
      return { type, value: values[0]!, ...exactFloats(bytes, values) };
    }
    case "floats": {
      const bytes = joinBytes(found.fixed);
      const value = Object.freeze(floatsOf(bytes));
      return { type, value, ...exactFloats(bytes, value) };
    }
    case "int": {
      const value = found.integers.at(-1) ?? 0;
      return { type, value: Number(value), ...(typeof value === "bigint" && { exact: value }) };
    }
    case "ints": {
      const isExact = found.integers.every((value) => typeof value === "number");
      const value = Object.freeze(isExact ? (found.integers as number[]) : found.integers.map(Number));
      return { type, value, ...(!isExact && { exact: Object.freeze(found.integers.map(BigInt)) }) };
    }
    case "string": {
      const bytes = found.bytes.at(-1) ?? new Uint8Array();
      return { type, value: textOf(bytes), ...(decodeText(bytes) === undefined && { exact: bytes.slice() }) };
    }
    case "strings": {
      const isExact = found.bytes.every((bytes) => decodeText(bytes) !== undefined);
      const value = Object.freeze(found.bytes.map(textOf));
      return {
        type,
        value,
        ...(!isExact && { exact: Object.freeze(found.bytes.map((bytes) => bytes.slice())) }),
      };
    }
    case "tensor":
      return { type, value: tensor(one(type, name, found)) };
    case "tensors":
      return { type, value: Object.freeze(found.messages.map(tensor)) };
    case "graph":
      return { type, value: context.graph(one(type, name, found), context) };
    case "graphs":
      return { type, value: Object.freeze(found.messages.map((message) => context.graph(message, context))) };
    case "sparse_tensor":
      return { type, value: readSparseTensor(one(type, name, found), context) };
    case "sparse_tensors":
      return {
        type,
        value: Object.freeze(found.messages.map((message) => readSparseTensor(message, context))),
      };
    case "type_proto":
      return { type, value: readType(one(type, name, found)) };
    case "type_protos":
      return { type, value: Object.freeze(found.messages.map(readType)) };
  }
}

/** Fields that hold one value, which we write whatever it is. */
const SINGLE: ReadonlySet<ValueType> = new Set(["float", "int", "string"]);

/** Reads an `AttributeProto`: its name and what it says. */
export function readAttribute(cursor: Cursor, context: ReadContext): readonly [string, OnnxAttribute] {
  const { name, type, code, ref } = readHead(cursor);
  const hasValue = ref === "" && type !== undefined;
  const rest = restReader();
  const found: Found = { fixed: [], integers: [], bytes: [], messages: [] };
  let docString: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field < 32) rest.seen(field);
    if (field === 1 || field === 20 || (field === 21 && ref !== "")) skipField(cursor, tag);
    else if (field === 13) docString = readText(cursor, tag);
    else if (hasValue && field === ATTRIBUTE_TYPES[type].field) collect(cursor, tag, type, found);
    else rest.keep(cursor, tag);
  }
  const kept = rest.end([1, 20, ...(hasValue && SINGLE.has(type) ? [ATTRIBUTE_TYPES[type].field] : [])]);
  const note = { ...(docString !== undefined && { docString }), ...(kept && { rest: kept }) };
  if (ref !== "") return [name, Object.freeze({ type: "ref", value: ref, code, ...note })];
  if (type === undefined) return [name, Object.freeze({ type: "unknown", value: code, ...note })];
  return [name, Object.freeze({ ...valueOf(type, name, found, context), ...note })];
}

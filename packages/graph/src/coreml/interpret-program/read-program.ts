import { readWire, type WireMessage } from "../read/wire.ts";
import { readWeight } from "./read-weight.ts";
import { broken, countOf, type ProgramTensor, type ProgramType } from "./tensor.ts";

/** The type of a value: of a tensor its element type and lengths, undefined where they are not known. */
export type ProgramValueType =
  | { readonly kind: "tensor"; readonly type: ProgramType; readonly dims: readonly (number | undefined)[] }
  | { readonly kind: "list" | "dictionary" };

/** A constant: a tensor, a text, or the labels of a classifier. */
export type ProgramConstant = ProgramTensor | string | readonly (string | number)[];

/** What an operator takes by one of its names: values by theirs, or a constant of its own. */
export type ProgramArgument = { readonly names: readonly string[] } | { readonly constant: ProgramConstant };

export interface ProgramOperation {
  readonly type: string;
  readonly inputs: Readonly<Record<string, ProgramArgument>>;
  readonly outputs: readonly { readonly name: string; readonly type: ProgramValueType }[];
  readonly attributes: Readonly<Record<string, ProgramConstant>>;
}

/** A feature of the interface, as far as a program has to agree with it. */
export interface ProgramFeature {
  readonly name: string;
  readonly shape: readonly number[];
  /** The least and most lengths of axes that an app chooses; -1 where there is no end. */
  readonly ranges: readonly (readonly [number, number])[];
  /** `ArrayDataType`, or 0 for what is no array. */
  readonly code: number;
}

/** An ML Program that was read: its one function. */
export interface ReadProgram {
  readonly specificationVersion: number;
  readonly opset: string;
  readonly inputs: ProgramOperation["outputs"];
  readonly outputs: readonly string[];
  readonly operations: readonly ProgramOperation[];
  readonly features: {
    readonly inputs: readonly ProgramFeature[];
    readonly outputs: readonly ProgramFeature[];
  };
}

/** `DataType` of MIL.proto. */
const TYPES: Readonly<Record<number, ProgramType>> = {
  1: "bool",
  2: "string",
  10: "fp16",
  11: "fp32",
  12: "fp64",
  21: "int8",
  23: "int32",
  24: "int64",
  31: "uint8",
  33: "uint32",
};

function typeOf(message: WireMessage | undefined): ProgramValueType {
  const tensor = message?.message(1);
  if (message?.message(2) !== undefined) return { kind: "list" };
  if (message?.message(4) !== undefined) return { kind: "dictionary" };
  if (tensor === undefined) throw broken("type", "a tensor, a list or a dictionary", "another");
  const type = TYPES[tensor.int(1)];
  if (type === undefined) throw broken("type", "a known element type", String(tensor.int(1)));
  const dims = tensor.messages(3).map((one) => one.message(1)?.int(1));
  if (dims.length !== tensor.int(2)) throw broken("type", `rank ${tensor.int(2)}`, `${dims.length} lengths`);
  return { kind: "tensor", type, dims };
}

/** Numbers that stand as bytes. */
function fromBytes(type: ProgramType, bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = { fp16: 2, uint32: 4 }[type as string] ?? 1;
  const read = (at: number): number => {
    if (type === "fp16") return view.getFloat16(at, true);
    if (type === "uint32") return view.getUint32(at, true);
    return type === "int8" ? view.getInt8(at) : view.getUint8(at);
  };
  return Float64Array.from({ length: Math.floor(bytes.length / size) }, (_, at) => read(at * size));
}

function numbersOf(type: ProgramType, value: WireMessage): Float64Array {
  const inner = value.message({ fp32: 1, int32: 2, bool: 3 }[type as string] ?? 7);
  if (inner === undefined) throw broken("value", `numbers of ${type}`, "others");
  if (type === "fp32") return Float64Array.from(inner.floats(1));
  if (type === "int32" || type === "bool") return Float64Array.from(inner.ints(1));
  return fromBytes(type, inner.bytes(1));
}

function constantOf(value: WireMessage, weights: Uint8Array | undefined): ProgramConstant {
  const type = typeOf(value.message(2));
  const immediate = value.message(3);
  const file = value.message(5);
  if (type.kind === "list") {
    const items = immediate?.message(3)?.messages(1) ?? [];
    return items.map((item) => {
      const one = item.message(3)?.message(1);
      const texts = one?.message(4);
      return texts === undefined ? (one?.message(5)?.ints(1)[0] ?? 0) : texts.text(1);
    });
  }
  if (type.kind !== "tensor") throw broken("value", "a tensor or a list", type.kind);
  if (type.type === "string") return immediate?.message(1)?.message(4)?.text(1) ?? "";
  const dims = type.dims.map((dim) => {
    if (dim === undefined) throw broken("value", "known lengths", "an unknown one");
    return dim;
  });
  let values: Float64Array;
  if (file !== undefined) {
    if (file.text(1) !== "@model_path/weights/weight.bin")
      throw broken("weights", "@model_path/weights/weight.bin", file.text(1));
    values = readWeight(weights, file.int(2), type.type);
  } else {
    const numbers = immediate?.message(1);
    if (numbers === undefined) throw broken("value", "a tensor", "none");
    values = numbersOf(type.type, numbers);
  }
  if (values.length !== countOf(dims))
    throw broken("value", `${countOf(dims)} numbers for [${dims.join(", ")}]`, String(values.length));
  return { type: type.type, dims, values };
}

function argumentOf(message: WireMessage, weights: Uint8Array | undefined): ProgramArgument {
  const bindings = message.messages(1);
  const own = bindings[0]?.message(2);
  return own === undefined
    ? { names: bindings.map((binding) => binding.text(1)) }
    : { constant: constantOf(own, weights) };
}

function demand(message: WireMessage | undefined, what: string): WireMessage {
  if (message === undefined) throw broken("program", what, "none");
  return message;
}

/** The entries of a `map<string, ...>`. */
const entriesOf = <T>(list: readonly WireMessage[], read: (value: WireMessage) => T): Record<string, T> =>
  Object.fromEntries(
    list.map((entry) => [entry.text(1), read(demand(entry.message(2), "an entry's value"))]),
  );

const named = (message: WireMessage): ProgramOperation["outputs"][number] => ({
  name: message.text(1),
  type: typeOf(message.message(2)),
});

function featureOf(message: WireMessage): ProgramFeature {
  const array = message.message(3)?.message(5);
  const ranges = array?.message(31)?.messages(1) ?? [];
  return {
    name: message.text(1),
    shape: array?.ints(1) ?? [],
    ranges: ranges.map((range) => [range.int(1), range.int(2)]),
    code: array?.int(2) ?? 0,
  };
}

/**
 * Reads the files of a `.mlpackage` that holds an ML Program.
 *
 * @throws MODEL_MALFORMED where a file is missing or is none, or the form is another.
 */
export function readProgram(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): ReadProgram {
  const bytesOf = (path: string): Uint8Array | undefined => files.find((file) => file.path === path)?.bytes;
  const bytes = bytesOf("Data/com.apple.CoreML/model.mlmodel");
  if (bytes === undefined) throw broken("package", "Data/com.apple.CoreML/model.mlmodel", "no such file");
  const weights = bytesOf("Data/com.apple.CoreML/weights/weight.bin");
  const model = readWire(bytes);
  const main = model
    .message(502)
    ?.messages(2)
    .find((entry) => entry.text(1) === "main")
    ?.message(2);
  if (main === undefined) throw broken("model", "a program with a function `main`", "none");
  const opset = main.text(2);
  const block = main
    .messages(3)
    .find((entry) => entry.text(1) === opset)
    ?.message(2);
  if (block === undefined) throw broken("main", `a block for ${opset}`, "none");
  const description = model.message(2);
  return {
    specificationVersion: model.int(1),
    opset,
    inputs: main.messages(1).map(named),
    outputs: block.texts(2),
    operations: block.messages(3).map((operation) => ({
      type: operation.text(1),
      inputs: entriesOf(operation.messages(2), (value) => argumentOf(value, weights)),
      outputs: operation.messages(3).map(named),
      attributes: entriesOf(operation.messages(5), (value) => constantOf(value, weights)),
    })),
    features: {
      inputs: (description?.messages(1) ?? []).map(featureOf),
      outputs: (description?.messages(10) ?? []).map(featureOf),
    },
  };
}

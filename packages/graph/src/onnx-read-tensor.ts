import { ELEMENT_TYPES, storedBytes, type ElementType, type TensorValues } from "./element-type.ts";
import { integerSink, type IntegerSink } from "./integer-sink.ts";
import { externalReader, type ExternalReader } from "./onnx-external.ts";
import { typeOfCode } from "./onnx-read-value.ts";
import { entryReader, restReader } from "./onnx-rest.ts";
import { elementCount, formatDims, type OnnxSparseTensor, type OnnxTensor } from "./onnx.ts";
import {
  countMessage,
  joinBytes,
  malformed,
  mergeMessages,
  nextTag,
  openFile,
  openMessage,
  quoted,
  readBytes,
  readFixed,
  readInt,
  readInts,
  readText,
  skipField,
  type Cursor,
} from "./protobuf.ts";

/** How tensors with values elsewhere are read: from there, or not at all. */
export interface TensorSource {
  readonly external: ExternalReader;
  readonly keep: boolean;
}

const NO_SOURCE: TensorSource = { external: externalReader(undefined), keep: false };

/** The field of `TensorProto` that holds the values of a type one by one; undefined for a type that we do not know. */
export function typedField(elementType: ElementType): 4 | 5 | 6 | 7 | 10 | 11 | undefined {
  switch (elementType) {
    case "float32":
    case "complex64":
      return 4;
    case "string":
      return 6;
    case "int64":
      return 7;
    case "float64":
    case "complex128":
      return 10;
    case "uint32":
    case "uint64":
      return 11;
    case "undefined":
      return undefined;
    default:
      return 5;
  }
}

/** Values up to this length are copied at once, so that they do not hold on to a whole file. */
const SMALL = 4096;

/**
 * The typed values of a tensor over its bytes in the file: a view where these lie at an address that the type allows,
 * else a copy that is made when the values are first asked for.
 */
function lazyValues(bytes: Uint8Array, elementType: ElementType): { get(): TensorValues } {
  const { bytes: width, over } = ELEMENT_TYPES[elementType];
  let values: TensorValues | undefined;
  if (bytes.length <= SMALL) values = over(bytes.slice().buffer);
  else if (bytes.byteOffset % width === 0) {
    const array = over(new ArrayBuffer(0)).constructor as new (
      buffer: ArrayBufferLike,
      at: number,
      length: number,
    ) => TensorValues;
    values = new array(bytes.buffer, bytes.byteOffset, bytes.length / width);
  }
  return { get: () => (values ??= over(bytes.slice().buffer)) };
}

interface Parts {
  readonly dims: number[];
  readonly raw: Uint8Array | undefined;
  readonly fixed: readonly Uint8Array[];
  readonly integers: IntegerSink | undefined;
}

/** The bytes of a tensor's values, from whichever field has them. */
function bytesOf(who: string, elementType: ElementType, { raw, fixed, integers }: Parts): Uint8Array {
  if (raw !== undefined && (fixed.length > 0 || (integers?.count ?? 0) > 0))
    throw malformed(who, `one field of ${elementType} values`, "another one beside it");
  if (raw !== undefined) return raw;
  return integers === undefined ? joinBytes(fixed) : integers.bytes(ELEMENT_TYPES[elementType].bytes);
}

/** Reads a `TensorProto` at a cursor, whichever of its fields holds the values. */
export function readTensorAt(cursor: Cursor, source: TensorSource): OnnxTensor {
  // Which field holds the values depends on the type, which may come behind them: it is looked for first.
  const start = cursor.position;
  let code = 0;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    if (tag >>> 3 === 2) code = readInt(cursor, tag);
    else skipField(cursor, tag);
  }
  cursor.position = start;
  const { elementType, dataType } = typeOfCode(code);
  const typed = typedField(elementType);
  const rest = restReader();
  const metadata = entryReader();
  const external = entryReader();
  const dims: number[] = [];
  const fixed: Uint8Array[] = [];
  const strings: Uint8Array[] = [];
  let integers: IntegerSink | undefined;
  let raw: Uint8Array | undefined;
  let name = "";
  let docString: string | undefined;
  let location = 0;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field < 32) rest.seen(field);
    if (field === 1) readInts(cursor, tag, dims);
    else if (field === 2) skipField(cursor, tag);
    else if (field === typed && (field === 4 || field === 10))
      readRun(cursor, tag, field === 4 ? 4 : 8, fixed);
    else if (field === typed && field === 6) {
      countMessage(cursor);
      strings.push(readBytes(cursor, tag).slice());
    } else if (field === typed) (integers ??= integerSink()).take(cursor, tag);
    else if (field === 8) name = readText(cursor, tag);
    else if (field === 9) raw = readBytes(cursor, tag);
    else if (field === 12) docString = readText(cursor, tag);
    else if (field === 13) external.take(cursor, tag, rest);
    else if (field === 14) location = readInt(cursor, tag);
    else if (field === 16) metadata.take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const who = `TensorProto ${quoted(name)}`;
  if (location !== 0 && location !== 1) throw malformed(who, "data_location 0 or 1", String(location));
  if (location === 0 && external.size > 0)
    throw malformed(who, "external_data with data_location EXTERNAL", "DEFAULT");
  const count = elementCount(dims);
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(count))
    throw malformed(who, "lengths whose product is within 2^53", formatDims(dims.slice(0, 16)));
  const entries = external.record();
  const isKept = location === 1 && source.keep;
  const isString = elementType === "string";
  let bytes = bytesOf(who, elementType, { dims, raw, fixed, integers });
  if (location === 1) {
    if (isString || elementType === "undefined" || bytes.length > 0)
      throw malformed(who, "external values of a known numeric type only", "others");
    if (!isKept) bytes = source.external(entries, storedBytes(elementType, count), who);
  } else if (
    isString
      ? strings.length !== count || bytes.length > 0
      : elementType !== "undefined" && bytes.length !== storedBytes(elementType, count)
  )
    throw malformed(
      who,
      `the values of a tensor with dims ${formatDims(dims.slice(0, 16))}`,
      isString ? `${strings.length} values` : `${bytes.length / ELEMENT_TYPES[elementType].bytes} values`,
    );
  const isTyped = location === 0 && raw === undefined && bytes.length > 0;
  const usual = [2, ...(location === 0 && !isTyped && !isString ? [9] : [])];
  const kept = rest.end(usual, [
    [8, name === ""],
    [9, location === 1 || isString],
    [14, location === 0],
  ]);
  const values = lazyValues(bytes, elementType);
  return Object.freeze({
    name,
    elementType,
    dims: Object.freeze(dims),
    get values() {
      return values.get();
    },
    ...(isString && { strings: Object.freeze(strings) }),
    ...(isKept && { external: entries }),
    ...(isTyped && { storage: "typed" as const }),
    ...(dataType !== undefined && { dataType }),
    ...(docString !== undefined && { docString }),
    ...(metadata.size > 0 && { metadata: metadata.record() }),
    ...(kept && { rest: kept }),
  });
}

/** Takes fixed-width numbers: one packed field, or a run of single ones at once. */
function readRun(cursor: Cursor, tag: number, width: 4 | 8, chunks: Uint8Array[]): void {
  if ((tag & 7) === 2) {
    chunks.push(readFixed(cursor, tag, width));
    return;
  }
  const { bytes, end } = cursor;
  const head = bytes[cursor.fieldAt]!;
  const first = readFixed(cursor, tag, width);
  let count = 1;
  // Tags of fields below 16 take one byte, unless a writer padded them.
  const last = head < 0x80 ? end - width : 0;
  while (cursor.position < last && bytes[cursor.position] === head) {
    count += 1;
    cursor.position += 1 + width;
  }
  if (count === 1) {
    chunks.push(first);
    return;
  }
  const joined = new Uint8Array(count * width);
  const begin = cursor.position - count * (1 + width) + 1;
  for (let at = 0; at < count; at += 1)
    for (let byte = 0; byte < width; byte += 1)
      joined[at * width + byte] = bytes[begin + at * (1 + width) + byte]!;
  chunks.push(joined);
}

/** Reads a `SparseTensorProto`. */
export function readSparseTensor(cursor: Cursor, source: TensorSource): OnnxSparseTensor {
  const rest = restReader();
  const dims: number[] = [];
  const parts: Record<1 | 2, Cursor[]> = { 1: [], 2: [] };
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field === 1 || field === 2) parts[field].push(openMessage(cursor, tag, "TensorProto"));
    else if (field === 3) readInts(cursor, tag, dims);
    else rest.keep(cursor, tag);
  }
  const [values, indices] = [mergeMessages(parts[1]), mergeMessages(parts[2])];
  if (values === undefined || indices === undefined)
    throw malformed(
      "SparseTensorProto",
      "values and indices",
      values === undefined ? "no values" : "no indices",
    );
  const kept = rest.end([]);
  return Object.freeze({
    values: readTensorAt(values, source),
    indices: readTensorAt(indices, source),
    dims: Object.freeze(dims),
    ...(kept && { rest: kept }),
  });
}

/**
 * Reads a `TensorProto` alone, as ONNX's test data has it.
 *
 * @throws MODEL_MALFORMED when the bytes are not one; MODEL_UNSUPPORTED when its values are in another file.
 */
export function readTensor(bytes: Uint8Array): OnnxTensor {
  return readTensorAt(openFile(bytes, "TensorProto"), NO_SOURCE);
}

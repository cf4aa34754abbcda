import { elementTypeOfCode, type ElementType } from "./element-type.ts";
import type { Dim, DimNote, OnnxType, ValueInfo } from "./onnx.ts";
import { entryReader, restReader } from "./onnx-rest.ts";
import { mergeMessages, nextTag, openMessage, readInt, readText, type Cursor } from "./protobuf.ts";

/** An element type by its code; one of a newer onnx.proto is `undefined` beside its code. */
export function typeOfCode(code: number): { readonly elementType: ElementType; readonly dataType?: number } {
  const elementType = elementTypeOfCode(code);
  if (elementType !== undefined) return { elementType };
  return code === 0 ? { elementType: "undefined" } : { elementType: "undefined", dataType: code };
}

function readDim(cursor: Cursor): { readonly dim: Dim; readonly note?: DimNote } {
  const rest = restReader();
  let dim: Dim | undefined;
  let denotation: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    if (tag >>> 3 === 1) dim = readInt(cursor, tag);
    else if (tag >>> 3 === 2) dim = readText(cursor, tag);
    else if (tag >>> 3 === 3) denotation = readText(cursor, tag);
    else rest.keep(cursor, tag);
  }
  if (dim === "") rest.seen(2);
  const kept = rest.end([], [[2, true]]);
  const isNegative = typeof dim === "number" && dim < 0;
  if (kept === undefined && denotation === undefined && !isNegative) return { dim: dim ?? "" };
  const note = Object.freeze({
    ...(denotation !== undefined && { denotation }),
    ...(isNegative && { length: dim as number }),
    ...(kept && { rest: kept }),
  });
  return { dim: isNegative ? "" : (dim ?? ""), note };
}

type TensorKind = Extract<OnnxType, { kind: "tensor" | "sparse_tensor" }>;

function readTensorType(kind: TensorKind["kind"], cursor: Cursor): TensorKind {
  const rest = restReader();
  const shapes: Cursor[] = [];
  let code = 0;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    if (tag >>> 3 === 1) {
      code = readInt(cursor, tag);
      rest.seen(1);
    } else if (tag >>> 3 === 2) shapes.push(openMessage(cursor, tag, "TensorShapeProto"));
    else rest.keep(cursor, tag);
  }
  const shape = mergeMessages(shapes);
  const innerRest = rest.end([1]);
  const head = { kind, ...typeOfCode(code), ...(innerRest && { innerRest }) };
  if (shape === undefined) return head;
  const dims: Dim[] = [];
  const notes: (DimNote | undefined)[] = [];
  const other = restReader();
  for (let tag = nextTag(shape); tag !== 0; tag = nextTag(shape)) {
    if (tag >>> 3 === 1) {
      const { dim, note } = readDim(openMessage(shape, tag, "TensorShapeProto.Dimension"));
      dims.push(dim);
      notes.push(note);
    } else other.keep(shape, tag);
  }
  const shapeRest = other.end([]);
  return {
    ...head,
    dims: Object.freeze(dims),
    ...(notes.some((note) => note !== undefined) && { notes: Object.freeze(notes) }),
    ...(shapeRest && { shapeRest }),
  };
}

function readInner(number: number, cursor: Cursor): OnnxType {
  if (number === 1) return readTensorType("tensor", cursor);
  if (number === 8) return readTensorType("sparse_tensor", cursor);
  const rest = restReader();
  const inner: Cursor[] = [];
  let code = 0;
  const text: { domain?: string; name?: string } = {};
  const of = number === 5 ? 2 : 1;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (number === 7 && field === 1) text.domain = readText(cursor, tag);
    else if (number === 7 && field === 2) text.name = readText(cursor, tag);
    else if (number !== 7 && field === of) inner.push(openMessage(cursor, tag, "TypeProto"));
    else if (number === 5 && field === 1) {
      code = readInt(cursor, tag);
      rest.seen(1);
    } else rest.keep(cursor, tag);
  }
  const element = mergeMessages(inner);
  const kept = rest.end(number === 5 ? [1] : []);
  const common = { ...(element && { of: readType(element) }), ...(kept && { innerRest: kept }) };
  if (number === 7) return { kind: "opaque", ...text, ...(kept && { innerRest: kept }) };
  if (number === 5) {
    const { elementType: key, ...other } = typeOfCode(code);
    return { kind: "map", key, ...other, ...common };
  }
  return { kind: number === 4 ? "sequence" : "optional", ...common };
}

/** Fields of the oneof of a `TypeProto`. */
const KINDS = new Set([1, 4, 5, 7, 8, 9]);

/** Reads a `TypeProto`. */
export function readType(cursor: Cursor): OnnxType {
  const rest = restReader();
  let number = 0;
  let parts: Cursor[] = [];
  let denotation: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (KINDS.has(field)) {
      // Of several kinds the last one counts, as protobuf has it.
      if (field !== number) parts = [];
      number = field;
      parts.push(openMessage(cursor, tag, "TypeProto"));
    } else if (field === 6) denotation = readText(cursor, tag);
    else rest.keep(cursor, tag);
  }
  const inner = mergeMessages(parts);
  const kept = rest.end([]);
  return Object.freeze({
    ...(inner === undefined ? { kind: "none" as const } : readInner(number, inner)),
    ...(denotation !== undefined && { denotation }),
    ...(kept && { rest: kept }),
  });
}

/** Whether a type says no more than its element type and dims. */
function isPlain(type: OnnxType): boolean {
  return type.kind === "tensor" && type.dims !== undefined && Object.keys(type).length === 3;
}

/** Reads a `ValueInfoProto`. */
export function readValue(cursor: Cursor): ValueInfo {
  const rest = restReader();
  const metadata = entryReader();
  const types: Cursor[] = [];
  let name = "";
  let docString: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field === 1) {
      name = readText(cursor, tag);
      rest.seen(1);
    } else if (field === 2) {
      types.push(openMessage(cursor, tag, "TypeProto"));
      rest.seen(2);
    } else if (field === 3) docString = readText(cursor, tag);
    else if (field === 4) metadata.take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const message = mergeMessages(types);
  const type: OnnxType = message === undefined ? Object.freeze({ kind: "none" }) : readType(message);
  const isTensor = type.kind === "tensor";
  const kept = rest.end([1, 2]);
  return Object.freeze({
    name,
    elementType: isTensor ? type.elementType : "undefined",
    dims: (isTensor ? type.dims : undefined) ?? Object.freeze([]),
    ...(!isPlain(type) && { type }),
    ...(docString !== undefined && { docString }),
    ...(metadata.size > 0 && { metadata: metadata.record() }),
    ...(kept && { rest: kept }),
  });
}

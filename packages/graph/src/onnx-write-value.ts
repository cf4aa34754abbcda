import { ELEMENT_TYPES, type ElementType } from "./element-type.ts";
import type { Dim, DimNote, OnnxType, ValueInfo } from "./onnx.ts";
import { entries, isUnusual, isUsual, maybeText, unknownFields, usualText } from "./onnx-write-rest.ts";
import type { BackwardWriter } from "./protobuf-write.ts";

/** The code of an element type, in an undefined one that of a newer onnx.proto. */
export function codeOf(elementType: ElementType, dataType: number | undefined): number {
  return elementType === "undefined" ? (dataType ?? 0) : ELEMENT_TYPES[elementType].code;
}

function writeDim(w: BackwardWriter, dim: Dim, note: DimNote | undefined): void {
  const end = w.length();
  maybeText(w, 3, note?.denotation);
  if (typeof dim === "number") w.int(1, dim);
  else if (dim !== "" || isUnusual(note?.rest, 2)) w.text(2, dim);
  else if (note?.length !== undefined) w.int(1, note.length);
  unknownFields(w, note?.rest);
  w.message(1, end);
}

type TensorKind = Extract<OnnxType, { kind: "tensor" | "sparse_tensor" }>;

function writeTensorType(w: BackwardWriter, type: TensorKind): void {
  const { dims, notes, shapeRest, innerRest } = type;
  if (dims !== undefined) {
    const end = w.length();
    const fitting = notes?.length === dims.length ? notes : undefined;
    for (let axis = dims.length - 1; axis >= 0; axis -= 1) writeDim(w, dims[axis]!, fitting?.[axis]);
    unknownFields(w, shapeRest);
    w.message(2, end);
  }
  const code = codeOf(type.elementType, type.dataType);
  if (code !== 0 || isUsual(innerRest, 1)) w.int(1, code);
  unknownFields(w, innerRest);
}

const FIELDS = { tensor: 1, sequence: 4, map: 5, opaque: 7, sparse_tensor: 8, optional: 9, none: 0 } as const;

/** Writes the fields of a `TypeProto`. */
export function writeType(w: BackwardWriter, type: OnnxType): void {
  maybeText(w, 6, type.denotation);
  if (type.kind !== "none") {
    const end = w.length();
    if (type.kind === "tensor" || type.kind === "sparse_tensor") writeTensorType(w, type);
    else {
      if (type.kind === "opaque") {
        maybeText(w, 2, type.name);
        maybeText(w, 1, type.domain);
      } else if ("of" in type && type.of !== undefined) {
        const inner = w.length();
        writeType(w, type.of);
        w.message(type.kind === "map" ? 2 : 1, inner);
      }
      if (type.kind === "map") {
        const code = codeOf(type.key, type.dataType);
        if (code !== 0 || isUsual(type.innerRest, 1)) w.int(1, code);
      }
      unknownFields(w, type.innerRest);
    }
    w.message(FIELDS[type.kind], end);
  }
  unknownFields(w, type.rest);
}

/** Whether a type still says of a value what its element type and dims say: else these were changed, and count. */
function isCurrent(type: OnnxType, { elementType, dims }: ValueInfo): boolean {
  if (type.kind !== "tensor") return elementType === "undefined";
  const own = type.dims ?? [];
  return (
    type.elementType === elementType &&
    own.length === dims.length &&
    own.every((dim, axis) => dim === dims[axis])
  );
}

/** Writes a `ValueInfoProto` as a field of its graph or function. */
export function writeValue(w: BackwardWriter, field: number, value: ValueInfo): void {
  const end = w.length();
  entries(w, 4, value.metadata);
  maybeText(w, 3, value.docString);
  const { elementType, dims, type: given, rest } = value;
  const type = given && isCurrent(given, value) ? given : ({ kind: "tensor", elementType, dims } as const);
  if (type.kind !== "none" || Object.keys(type).length > 1 || isUsual(rest, 2)) {
    const inner = w.length();
    writeType(w, type);
    w.message(2, inner);
  }
  usualText(w, 1, value.name, rest);
  unknownFields(w, rest);
  w.message(field, end);
}

import type { Column, ColumnSchema, Frame, FrameSchema } from "../frame/column.ts";
import { frame } from "../frame/frame.ts";

/** A frame of that schema without rows. */
export function emptyFrame(schema: FrameSchema): Frame {
  return frame(schema.map(emptyColumn));
}

function emptyColumn({ name, kind, width, unit }: ColumnSchema): Column {
  const measured = unit === undefined ? {} : { unit };
  switch (kind) {
    case "float":
      return { kind, name, values: new Float64Array(), ...measured };
    case "integer":
      return { kind, name, values: new Int32Array(), ...measured };
    case "boolean":
      return { kind, name, values: new Uint8Array() };
    case "string":
      return { kind, name, codes: new Int32Array(), dictionary: [] };
    case "time":
      return { kind, name, values: new Float64Array() };
    case "vector":
      return { kind, name, width: width!, values: new Float64Array(), ...measured };
    case "series":
      return { kind, name, offsets: new Int32Array(1), values: new Float64Array() };
    case "bytes":
      return { kind, name, offsets: new Int32Array(1), values: new Uint8Array() };
  }
}

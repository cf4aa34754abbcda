import type { ColumnSchema } from "@tideline/learn/frame";
import type { ThriftStruct, ThriftValue } from "./compact-thrift.ts";

/** How the values of a column stand in a file and what a frame makes of them. */
export type ParquetType =
  | "boolean"
  | "int8"
  | "int16"
  | "int32"
  | "uint8"
  | "uint16"
  | "uint32"
  | "int64"
  | "uint64"
  | "float"
  | "double"
  | "text"
  | "days"
  | "millis"
  | "micros";

/** What a frame makes of a type. */
export function kindOfType(type: ParquetType): ColumnSchema["kind"] {
  if (type === "float" || type === "double") return "float";
  if (type === "text") return "string";
  if (type === "boolean") return "boolean";
  return type === "days" || type === "millis" || type === "micros" ? "time" : "integer";
}

const [INT32, INT64] = [1, 2];

/** Types by the physical one and the converted one, from before there were logical ones; -1 is none. */
const CONVERTED: Readonly<Record<string, ParquetType>> = {
  "0 -1": "boolean",
  "1 -1": "int32",
  "1 6": "days",
  "1 11": "uint8",
  "1 12": "uint16",
  "1 13": "uint32",
  "1 15": "int8",
  "1 16": "int16",
  "1 17": "int32",
  "2 -1": "int64",
  "2 9": "millis",
  "2 10": "micros",
  "2 14": "uint64",
  "2 18": "int64",
  "4 -1": "float",
  "5 -1": "double",
  "6 0": "text",
};

/** The type of a leaf of a schema; undefined for one that the engine reads. */
export function parquetType(element: ThriftStruct): ParquetType | undefined {
  const { 1: physical, 6: converted = -1, 10: logical } = element;
  if (logical === undefined) return CONVERTED[`${physical} ${converted}`];
  const [[name, own] = []] = Object.entries(logical as ThriftStruct) as [string, ThriftValue][];
  const of = own as ThriftStruct | undefined;
  switch (name) {
    case "1":
      return physical === 6 ? "text" : undefined;
    case "6":
      return physical === INT32 ? "days" : undefined;
    case "8": {
      const unit = Object.keys((of?.[2] ?? {}) as ThriftStruct)[0];
      return physical !== INT64 ? undefined : unit === "1" ? "millis" : unit === "2" ? "micros" : undefined;
    }
    case "10": {
      const bits = of?.[1];
      const fits = physical === (bits === 64 ? INT64 : INT32);
      const known = bits === 8 || bits === 16 || bits === 32 || bits === 64;
      return fits && known ? `${of?.[2] === true ? "" : "u"}int${bits}` : undefined;
    }
    default:
      return undefined;
  }
}

import { open } from "node:fs/promises";
import { tidelineError } from "@tideline/spec/error";
import { readThrift, type ThriftStruct, type ThriftValue } from "./compact-thrift.ts";
import { footerBytes, TAIL } from "./parquet-footer.ts";

/**
 * Gives columns of a Parquet file other names, in its end alone: those that its writer cannot have, because they differ in
 * their case alone. A file that this fails on is no Parquet file any more.
 *
 * @param names by what the columns are called now, which no field within a column may be called.
 * @throws INTERNAL for a file without an end that can be read.
 */
export async function renameColumns(path: string, names: ReadonlyMap<string, string>): Promise<void> {
  const file = await open(path, "r+");
  try {
    const { size } = await file.stat();
    const bytes = await footerBytes(file, size);
    if (bytes === undefined)
      throw tidelineError("INTERNAL", { who: "writeParquet", expected: "a Parquet file", received: path });
    const start = size - TAIL - bytes.length;
    const written = withTexts(bytes, namesIn(readThrift(bytes, 0).struct), names);
    const tail = Buffer.from("....PAR1", "latin1");
    tail.writeUInt32LE(written.length, 0);
    await file.truncate(start);
    await file.write(Buffer.concat([written, tail]), 0, undefined, start);
  } finally {
    await file.close();
  }
}

/** The names of fields, and of columns in groups of rows, in the order in which they stand. */
function namesIn({ 2: schema, 4: groups }: ThriftStruct): readonly Uint8Array[] {
  const fields = (schema as readonly ThriftStruct[]).map((element) => element[4]);
  const paths = (groups as readonly ThriftStruct[]).flatMap((group) =>
    (group[1] as readonly ThriftStruct[]).map(
      (chunk) => ((chunk[3] as ThriftStruct)[3] as readonly ThriftValue[])[0],
    ),
  );
  return [...fields, ...paths].filter((text) => text instanceof Uint8Array);
}

/** Bytes with other texts in place of some; `found` are views of them, and nothing else says how long a text is. */
function withTexts(
  bytes: Uint8Array,
  found: readonly Uint8Array[],
  names: ReadonlyMap<string, string>,
): Buffer {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const text of found) {
    const name = names.get(Buffer.from(text).toString());
    if (name === undefined) continue;
    const at = text.byteOffset - bytes.byteOffset;
    const own = Buffer.from(name);
    parts.push(bytes.subarray(from, at - varint(text.length).length), varint(own.length), own);
    from = at + text.length;
  }
  return Buffer.concat([...parts, bytes.subarray(from)]);
}

/** A length as Thrift's compact protocol has it. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest & 127) | 128);
  }
}

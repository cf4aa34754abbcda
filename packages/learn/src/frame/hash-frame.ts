import type { Digest, TextCodec } from "@tideline/spec";
import { toHex } from "@tideline/spec/bytes";
import { contentHash } from "@tideline/spec/content-hash";
import type { Column, Frame } from "./column.ts";
import { dictionaryBuilder } from "./dictionary-builder.ts";
import { schemaOf } from "./frame.ts";
import { gather, type NumberArray } from "./gather.ts";
import { isMissing } from "./validity.ts";

/** Bytes that a digest is given at a time. */
const BLOCK = 2 ** 24;

/** Version of the bytes below; it changes with them. */
const VERSION = 1;

/**
 * The content address of a frame: lower-case hexadecimal SHA-256 of its schema, its rows and the digests of its columns'
 * canonical bytes. Frames with the same names, kinds, units, types of storage and values have the same address,
 * whatever lies behind missing rows and in whatever order a dictionary is.
 */
export async function hashFrame(
  rows: Frame,
  ports: { readonly digest: Digest; readonly text: TextCodec },
): Promise<string> {
  const columns = [];
  for (const column of rows.columns) {
    const parts = canonicalParts(column, rows.rows);
    const digests = [];
    for (const part of parts.arrays) digests.push(await digestArray(part, ports.digest));
    columns.push({
      ...schemaOf(column),
      arrays: digests,
      ...(parts.texts === undefined ? {} : { texts: parts.texts }),
    });
  }
  return contentHash({ format: "tideline.frame", version: VERSION, rows: rows.rows, columns }, ports);
}

async function digestArray(values: NumberArray, digest: Digest): Promise<string> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const digests: string[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK)
    digests.push(toHex(await digest(bytes.subarray(at, at + BLOCK))));
  return `${values.constructor.name}:${values.length}:${digests.join(",")}`;
}

/** The arrays of a column with zeros (or NaN) behind missing rows; texts in the order of their first rows. */
function canonicalParts(
  column: Column,
  rows: number,
): { readonly arrays: readonly NumberArray[]; readonly texts?: readonly string[] } {
  switch (column.kind) {
    case "float":
    case "time":
      return { arrays: [canonicalNaN(column.values)] };
    case "vector": {
      const values = canonicalNaN(column.values.slice());
      for (let row = 0; row < rows; row++)
        if (isMissing(column, row)) values.fill(Number.NaN, row * column.width, (row + 1) * column.width);
      return { arrays: [values] };
    }
    case "string": {
      const seen = dictionaryBuilder();
      const codes = new Int32Array(rows);
      const known = new Int32Array(column.dictionary.length).fill(-1);
      for (let row = 0; row < rows; row++) {
        const code = column.codes[row]!;
        if (code >= 0 && known[code] === -1) known[code] = seen.codeOf(column.dictionary[code]!);
        codes[row] = code < 0 ? -1 : known[code]!;
      }
      return { arrays: [codes], texts: seen.dictionary() };
    }
    case "integer":
    case "boolean": {
      const present = presence(column, rows);
      return { arrays: [present, gather(column.values, placesWhere(present))] };
    }
    case "series":
    case "bytes": {
      const present = presence(column, rows);
      const { offsets, values } = column;
      const lengths = new Int32Array(rows);
      const kept = values.slice(0, offsets[rows]) as typeof values;
      let at = 0;
      for (let row = 0; row < rows; row++) {
        if (present[row] === 0) continue;
        kept.set(values.subarray(offsets[row], offsets[row + 1]), at);
        lengths[row] = offsets[row + 1]! - offsets[row]!;
        at += lengths[row]!;
      }
      const used = kept.subarray(0, at);
      return {
        arrays: [
          present,
          lengths,
          used instanceof Float32Array || used instanceof Float64Array ? canonicalNaN(used) : used,
        ],
      };
    }
  }
}

function presence(column: Column, rows: number): Uint8Array {
  const present = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) present[row] = isMissing(column, row) ? 0 : 1;
  return present;
}

/** Each row, or -1 where it is not present. */
function placesWhere(present: Uint8Array): Int32Array {
  const places = new Int32Array(present.length);
  for (let row = 0; row < places.length; row++) places[row] = present[row] === 0 ? -1 : row;
  return places;
}

/** The values with one bit pattern for NaN. */
function canonicalNaN<Values extends Float32Array | Float64Array>(values: Values): Values {
  let out = values;
  for (let at = 0; at < values.length; at++) {
    if (values[at] === values[at]) continue;
    if (out === values) out = values.slice() as Values;
    out[at] = Number.NaN;
  }
  return out;
}

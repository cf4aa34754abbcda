import { open, type FileHandle } from "node:fs/promises";
import { CODECS } from "./page-codec.ts";
import { readThrift, type ThriftStruct, type ThriftValue } from "./compact-thrift.ts";
import { parquetType, type ParquetType } from "./parquet-type.ts";

/** Where pages of a file stand. */
export interface PageStretch {
  readonly file: string;
  readonly start: number;
  readonly length: number;
}

/** Where the values of a column within a group of rows stand. */
export interface ParquetChunk extends PageStretch {
  readonly codec: number;
  readonly rows: number;
  /** Whether rows may be missing. */
  readonly optional: boolean;
}

/** A column of a file. */
export interface ParquetColumn {
  readonly name: string;
  /** Undefined where the engine must read it: what is nested, types and encodings that are seldom. */
  readonly type: ParquetType | undefined;
  readonly chunks: readonly ParquetChunk[];
  /** Its pages, of all that is nested in it; those that stand elsewhere or are encrypted are left out. */
  readonly pages: readonly PageStretch[];
}

/** What the end of a file says. */
export interface ParquetFooter {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  /** Texts by their keys, as its writer left them. */
  readonly texts: readonly (readonly [key: string, text: string])[];
}

/**
 * PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED (which levels are said to be in that are not there), DELTA_BINARY_PACKED,
 * DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY, RLE_DICTIONARY, BYTE_STREAM_SPLIT.
 */
const ENCODINGS: ReadonlySet<ThriftValue> = new Set([0, 2, 3, 4, 5, 6, 7, 8, 9]);

/** Bytes of an end at most, 64 MiB: a file of 10,000 columns and 100 groups has as many. */
const MOST_FOOTER = 2 ** 26;

/** Bytes behind an end: its length, and `PAR1`. */
export const TAIL = 8;

/** The bytes of a file's end; undefined where there is none. */
export async function footerBytes(file: FileHandle, size: number): Promise<Uint8Array | undefined> {
  const tail = Buffer.alloc(TAIL);
  if (size < 12 || (await file.read(tail, 0, TAIL, size - TAIL)).bytesRead < TAIL) return undefined;
  const length = tail.readUInt32LE(0);
  if (tail.toString("latin1", 4) !== "PAR1" || length > size - 12 || length > MOST_FOOTER) return undefined;
  const bytes = Buffer.alloc(length);
  return (await file.read(bytes, 0, length, size - TAIL - length)).bytesRead < length ? undefined : bytes;
}

/** The end of a Parquet file; undefined for one that has none, is encrypted, or says what cannot be: the engine knows why. */
export async function readFooter(path: string): Promise<ParquetFooter | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const bytes = await footerBytes(file, size);
    return bytes === undefined ? undefined : footerOf(path, size, readThrift(bytes, 0).struct);
  } catch {
    // Whoever reads it next says what is wrong with it.
    return undefined;
  } finally {
    await file.close();
  }
}

function footerOf(path: string, size: number, struct: ThriftStruct): ParquetFooter | undefined {
  const { 2: schema, 3: rows, 4: groups, 5: pairs = [], 8: encryption } = struct;
  if (!Array.isArray(schema) || !Array.isArray(groups) || !isCount(rows) || encryption !== undefined)
    return undefined;
  const root = schema[0] as ThriftStruct;
  const columns: ParquetColumn[] = [];
  let [at, leaf] = [1, 0];
  for (let column = 0; column < Number(root[5] ?? 0); column++) {
    const element = schema[at] as ThriftStruct;
    const [elements, leaves] = sizeOf(schema, at, 0);
    const optional = element[3] === 1;
    const chunks = groups.map((group) => chunkOf(path, size, group as ThriftStruct, leaf, optional));
    const flat = leaves === 1 && elements === 1 && element[3] !== 2;
    const held = flat && chunks.every((chunk) => chunk !== undefined);
    columns.push({
      name: textOf(element[4]),
      type: held ? parquetType(element) : undefined,
      chunks: held ? chunks : [],
      pages: groups.flatMap((group) =>
        ((group as ThriftStruct)[1] as readonly ThriftStruct[])
          .slice(leaf, leaf + leaves)
          .map((chunk) => inFile(chunk))
          .flatMap((own) => (own && stretchOf(path, size, own)) ?? []),
      ),
    });
    [at, leaf] = [at + elements, leaf + leaves];
  }
  const texts = (pairs as readonly ThriftStruct[]).map(
    (pair) => [textOf(pair[1]), textOf(pair[2] ?? new Uint8Array(0))] as const,
  );
  const counted = groups.reduce((sum, group) => sum + Number((group as ThriftStruct)[3]), 0);
  return counted === rows ? { rows, columns, texts } : undefined;
}

/** How many elements of a schema, and how many leaves of them, one is. */
function sizeOf(schema: readonly ThriftValue[], at: number, depth: number): [number, number] {
  const element = schema[at] as ThriftStruct | undefined;
  if (element === undefined || depth > 64) throw new Error("a schema that does not end");
  const children = Number(element[5] ?? 0);
  if (children === 0) return [1, 1];
  let [elements, leaves] = [1, 0];
  for (let child = 0; child < children; child++) {
    const own = sizeOf(schema, at + elements, depth + 1);
    [elements, leaves] = [elements + own[0], leaves + own[1]];
  }
  return [elements, leaves];
}

function chunkOf(
  path: string,
  size: number,
  group: ThriftStruct,
  leaf: number,
  optional: boolean,
): ParquetChunk | undefined {
  const own = inFile((group[1] as readonly ThriftStruct[])[leaf]!);
  const stretch = own === undefined ? undefined : stretchOf(path, size, own);
  if (own === undefined || stretch === undefined) return undefined;
  const { 2: encodings, 4: codec, 5: values } = own;
  const rows = group[3];
  const known =
    CODECS.has(codec as number) && (encodings as ThriftValue[]).every((one) => ENCODINGS.has(one));
  return known && isCount(rows) && values === rows
    ? { ...stretch, codec: codec as number, rows, optional }
    : undefined;
}

/** What is said of a chunk, unless it stands in another file or is encrypted. */
function inFile({ 1: elsewhere, 3: own, 8: encrypted }: ThriftStruct): ThriftStruct | undefined {
  return elsewhere === undefined && encrypted === undefined ? (own as ThriftStruct | undefined) : undefined;
}

/** Where the pages of a chunk stand; undefined where that is not within the file. */
function stretchOf(
  path: string,
  size: number,
  { 7: length, 9: first, 11: dictionary }: ThriftStruct,
): PageStretch | undefined {
  const from = isCount(dictionary) && dictionary > 0 ? dictionary : first;
  if (!isCount(length) || !isCount(first) || !isCount(from)) return undefined;
  const start = Math.min(from, first);
  return start + length > size ? undefined : { file: path, start, length };
}

function isCount(value: ThriftValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function textOf(value: ThriftValue | undefined): string {
  if (!(value instanceof Uint8Array)) throw new Error("a name that is no text");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
}

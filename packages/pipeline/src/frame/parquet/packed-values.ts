import type { PageBytes } from "./page-bytes.ts";
import type { PageMemory } from "./page-memory.ts";
import type { PageScratch } from "./page-scratch.ts";
import type { ParquetType } from "./parquet-type.ts";
import { VALUE_STORES } from "./value-store.ts";

const [DELTA_BINARY_PACKED, DELTA_LENGTH_BYTE_ARRAY, DELTA_BYTE_ARRAY, BYTE_STREAM_SPLIT] = [5, 6, 7, 9];

/** Bytes of a page's texts at most, 1 GiB: what they have in common may stand in it once. */
const MOST_TEXTS = 2 ** 30;

/**
 * Values that stand in a page in an encoding of their type's own, as they stand in a plain one, until the next page comes:
 * numbers as differences, texts behind all of their lengths or without what each has in common with the one before, numbers
 * whose first bytes come before all second ones. See https://parquet.apache.org/docs/file-format/data-pages/encodings/.
 *
 * @throws Error for damaged ones, and for an encoding that the type does not have.
 */
export function unpackValues(
  type: ParquetType,
  encoding: number,
  page: PageBytes,
  memory: PageMemory,
  scratch: PageScratch,
): PageBytes {
  if (type === "text") {
    if (encoding === DELTA_LENGTH_BYTE_ARRAY) return textsOf(page, 0, memory, scratch);
    if (encoding === DELTA_BYTE_ARRAY) return textsOf(page, page.values * 4, memory, scratch);
  } else if (type !== "boolean") {
    const { size } = VALUE_STORES[type];
    const whole = type !== "float" && type !== "double";
    if (encoding === DELTA_BINARY_PACKED && whole) return numbersOf(page, size, memory, scratch);
    if (encoding === BYTE_STREAM_SPLIT) return mergedOf(page, size, memory, scratch);
  }
  throw new Error(`encoding ${encoding} of a page`);
}

function numbersOf(
  { start, end, values }: PageBytes,
  size: number,
  memory: PageMemory,
  scratch: PageScratch,
): PageBytes {
  scratch.plain = memory.widened(scratch.plain, values * size);
  const { at } = scratch.plain;
  if (memory.kernel.readDeltas(size, start, end, at, values) < 0) throw new Error("damaged differences");
  return { start: at, end: at + values * size, values };
}

function mergedOf(
  { start, end, values }: PageBytes,
  size: number,
  memory: PageMemory,
  scratch: PageScratch,
): PageBytes {
  if (values * size > end - start) throw new Error("values that are cut off");
  scratch.plain = memory.widened(scratch.plain, values * size);
  const { at } = scratch.plain;
  memory.kernel.mergeBytes(size, start, at, values);
  return { start: at, end: at + values * size, values };
}

/** `apart` bytes of the lengths that texts share with the ones before stand before the lengths of what follows; or none. */
function textsOf(
  { start, end, values }: PageBytes,
  apart: number,
  memory: PageMemory,
  scratch: PageScratch,
): PageBytes {
  scratch.places = memory.widened(scratch.places, apart + values * 4);
  const shared = scratch.places.at;
  const own = shared + apart;
  let from = start;
  for (const into of apart > 0 ? [shared, own] : [own]) {
    const taken = memory.kernel.readDeltas(4, from, end, into, values);
    if (taken < 0) throw new Error("damaged lengths of texts");
    from += taken;
  }
  const prefixes = apart > 0 ? shared : 0;
  const size = memory.kernel.sizeOfTexts(prefixes, own, values, end - from);
  if (size < 0) throw new Error("texts that are cut off");
  if (size > MOST_TEXTS) throw new Error(`texts of a page that take ${size} bytes, more than ${MOST_TEXTS}`);
  scratch.plain = memory.widened(scratch.plain, size);
  const { at } = scratch.plain;
  memory.kernel.joinTexts(prefixes, own, values, from, at);
  return { start: at, end: at + size, values };
}

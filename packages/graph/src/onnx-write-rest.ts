import type { Metadata, WireRest } from "./onnx.ts";
import type { BackwardWriter } from "./protobuf-write.ts";

/** Code-unit order, which unlike a locale's is the same everywhere. */
export function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : Number(left > right);
}

/** Calls for each item, last to first, as a backward writer wants them. */
export function backwards<Item>(items: readonly Item[] | undefined, write: (item: Item) => void): void {
  if (items !== undefined) for (let at = items.length - 1; at >= 0; at -= 1) write(items[at]!);
}

function isTurned(rest: WireRest | undefined, field: number): boolean {
  return rest?.presence?.includes(field) ?? false;
}

/** Whether an empty field that we write is written here. */
export function isUsual(rest: WireRest | undefined, field: number): boolean {
  return !isTurned(rest, field);
}

/** Whether an empty field that we leave out is written here. */
export function isUnusual(rest: WireRest | undefined, field: number): boolean {
  return isTurned(rest, field);
}

/** A text field that stands even when empty, unless the file that it comes from had none. */
export function usualText(w: BackwardWriter, field: number, text: string, rest: WireRest | undefined): void {
  if (text !== "" || isUsual(rest, field)) w.text(field, text);
}

/** A text field that is left out when empty, as canonical protobuf writers do. */
export function optionalText(
  w: BackwardWriter,
  field: number,
  text: string,
  rest: WireRest | undefined,
): void {
  if (text !== "" || isUnusual(rest, field)) w.text(field, text);
}

/** A text field that is left out when there is none. */
export function maybeText(w: BackwardWriter, field: number, text: string | undefined): void {
  if (text !== undefined) w.text(field, text);
}

/** Entries in the order of their keys. */
export function entries(w: BackwardWriter, field: number, record: Metadata | undefined): void {
  if (record === undefined) return;
  backwards(Object.entries(record).sort(byKey), ([key, value]) => {
    const end = w.length();
    w.text(2, value);
    w.text(1, key);
    w.message(field, end);
  });
}

/** What a message held besides its named fields; it comes first, so that a named field has the last word. */
export function unknownFields(w: BackwardWriter, rest: WireRest | undefined): void {
  if (rest?.unknown !== undefined) w.verbatim(rest.unknown);
}

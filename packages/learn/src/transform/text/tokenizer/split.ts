import { choiceField, jsonPart, malformed, textField, type JsonPart } from "./json-part.ts";
import { readPattern } from "./pattern.ts";
import type { TextPiece } from "./tokenizer.ts";

/** What becomes of the matches of a pattern at which a text is split. */
export const SPLIT_BEHAVIOURS = [
  "Removed",
  "Isolated",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
] as const;

/** See {@link SPLIT_BEHAVIOURS}. */
export type SplitBehaviour = (typeof SPLIT_BEHAVIOURS)[number];

/** The behaviour that a part of a file names. */
export function behaviourField(part: JsonPart, key: string, otherwise: SplitBehaviour): SplitBehaviour {
  return choiceField(part, key, SPLIT_BEHAVIOURS, otherwise);
}

/** A pattern of a file: a text that is met as it is, or a regular expression. */
export function patternField(part: JsonPart, key: string): RegExp {
  const pattern = jsonPart(`${part.where}.${key}`, part.fields[key]);
  if ("String" in pattern.fields) {
    const text = textField(pattern, "String");
    return new RegExp(text === "" ? "(?!)" : literal(text), "gu");
  }
  if ("Regex" in pattern.fields) return readPattern(pattern.where, textField(pattern, "Regex"));
  throw malformed(pattern.where, "a String or a Regex", pattern.fields);
}

/** A text as a pattern that matches it alone. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/**
 * Splits a text at a pattern. `inverted`: what lies between the matches counts as the matches. Empty parts are left out.
 *
 * @param pattern with the flags g and u.
 */
export function splitAt(
  piece: TextPiece,
  pattern: RegExp,
  behaviour: SplitBehaviour,
  inverted: boolean,
  out: TextPiece[],
): void {
  const { text } = piece;
  const ends: number[] = [];
  const hits: boolean[] = [];
  let end = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (match.index > end) {
      ends.push(match.index);
      hits.push(inverted);
    }
    end = match.index + match[0].length;
    if (match[0].length > 0) {
      ends.push(end);
      hits.push(!inverted);
    } else pattern.lastIndex += text.codePointAt(match.index)! > 0xffff ? 2 : 1;
  }
  if (end < text.length) {
    ends.push(text.length);
    hits.push(inverted);
  }
  const count = ends.length;
  if (count === 1) {
    if (!(hits[0]! && behaviour === "Removed")) out.push(piece);
    return;
  }
  const put = (from: number, to: number) => {
    out.push({ text: text.slice(from, to), lead: Math.max(0, piece.lead - from) });
  };
  /** Whether a part goes on with the one before it. */
  const joined = new Uint8Array(count);
  if (behaviour === "Contiguous")
    for (let at = 1; at < count; at++) joined[at] = hits[at] === hits[at - 1] ? 1 : 0;
  else if (behaviour === "MergedWithPrevious")
    for (let at = 1; at < count; at++) joined[at] = hits[at]! && !hits[at - 1]! ? 1 : 0;
  else if (behaviour === "MergedWithNext")
    for (let at = count - 1; at > 0; at--) joined[at] = hits[at - 1]! && !hits[at]! ? 1 : 0;
  let from = 0;
  for (let at = 0; at < count; at++) {
    if (at + 1 < count && joined[at + 1] === 1) continue;
    if (!(behaviour === "Removed" && hits[at]!)) put(from, ends[at]!);
    from = ends[at]!;
  }
}

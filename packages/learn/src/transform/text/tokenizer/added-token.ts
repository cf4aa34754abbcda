import { characterBefore, spaceEnd, spaceStart } from "./code-point.ts";
import { countField, flagField, malformed, partsField, textField, type JsonPart } from "./json-part.ts";
import type { TextNormalizer } from "./normalizer.ts";
import { literal } from "./split.ts";
import type { TextPiece } from "./tokenizer.ts";

/** A token that stands outside the model and is found in texts before anything else is done with them. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Found only where no letter or digit touches it. */
  readonly singleWord: boolean;
  /** Takes the white space before it along. */
  readonly lstrip: boolean;
  /** Takes the white space behind it along. */
  readonly rstrip: boolean;
  /** Sought in the normalised text, in its own normalised form. */
  readonly normalized: boolean;
  /** Left out when decoding. */
  readonly special: boolean;
}

/** The added tokens of a file. */
export function readAddedTokens(file: JsonPart): readonly AddedToken[] {
  if ((file.fields["added_tokens"] ?? undefined) === undefined) return [];
  return partsField(file, "added_tokens").map((part) => {
    const content = textField(part, "content");
    if (content === "") throw malformed(`${part.where}.content`, "a text", content);
    const special = flagField(part, "special", false);
    return Object.freeze({
      id: countField(part, "id"),
      content,
      singleWord: flagField(part, "single_word", false),
      lstrip: flagField(part, "lstrip", false),
      rstrip: flagField(part, "rstrip", false),
      normalized: flagField(part, "normalized", !special),
      special,
    });
  });
}

const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
const WORD_START = new RegExp(`^[${WORD}]`, "u");

/** Cuts the tokens out of a piece, the longest of those that begin at one place. */
export type TokenFinder = (piece: TextPiece, out: TextPiece[]) => void;

/** A finder of these tokens, in the form that a normaliser gives them, if any. */
export function tokenFinder(tokens: readonly AddedToken[], by?: TextNormalizer): TokenFinder {
  const found = new Map<string, AddedToken>();
  for (const token of tokens) {
    const text = by === undefined ? token.content : by.apply(token.content);
    if (text !== "" && !found.has(text)) found.set(text, token);
  }
  if (found.size === 0) return (piece, out) => void out.push(piece);
  const longestFirst = [...found.keys()].sort((one, other) => other.length - one.length);
  const pattern = new RegExp(longestFirst.map(literal).join("|"), "gu");
  return (piece, out) => {
    const { text, lead } = piece;
    let end = 0;
    // White space that was walked over once: a token of spaces in a long run of them must not walk to its end each time.
    let spaces = { from: 0, to: 0 };
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const token = found.get(match[0])!;
      let from = match.index;
      let to = from + match[0].length;
      if (
        token.singleWord &&
        (WORD_START.test(characterBefore(text, from)) || WORD_START.test(text.slice(to)))
      )
        continue;
      if (token.lstrip) from = Math.max(spaceStart(text, from, end), end);
      if (token.rstrip) {
        if (to < spaces.from || to > spaces.to) spaces = { from: to, to: spaceEnd(text, to) };
        to = spaces.to;
      }
      if (from > end) out.push({ text: text.slice(end, from), lead: Math.max(0, lead - end) });
      out.push({ text: text.slice(from, to), lead: 0, id: token.id });
      end = to;
    }
    if (end === 0) out.push(piece);
    else if (end < text.length) out.push({ text: text.slice(end), lead: Math.max(0, lead - end) });
  };
}

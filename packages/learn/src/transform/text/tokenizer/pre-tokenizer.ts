import { byteSigns } from "./byte-alphabet.ts";
import { PUNCTUATION } from "./character-class.ts";
import { NUMERIC, WHITE_SPACE } from "./code-point.ts";
import {
  choiceField,
  countField,
  flagField,
  madeBy,
  malformed,
  partsField,
  textField,
  type JsonPart,
} from "./json-part.ts";
import { behaviourField, literal, patternField, splitAt, type SplitBehaviour } from "./split.ts";
import type { TextPiece } from "./tokenizer.ts";

/** Splits a piece further, and may rewrite what comes out. */
export type PreTokenizer = (piece: TextPiece, out: TextPiece[]) => void;

/** How GPT-2 splits: contractions of English, letters, numbers and signs with the space before them, other spaces. */
const GPT2 =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
/** Words and runs of other signs; words have letters with their marks, digits and what joins them. */
const WORD_OR_SIGNS =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;
const SPACES = new RegExp(`[${WHITE_SPACE}]`, "gu");
const SIGN = new RegExp(`[${PUNCTUATION}]`, "gu");

const at =
  (pattern: RegExp, behaviour: SplitBehaviour, inverted = false): PreTokenizer =>
  (piece, out) =>
    splitAt(piece, pattern, behaviour, inverted, out);

/** Each splits what those before it have left. */
function chained(list: readonly PreTokenizer[]): PreTokenizer {
  return (piece, out) => {
    let pieces: TextPiece[] = [piece];
    for (const split of list) {
      const next: TextPiece[] = [];
      for (const one of pieces) split(one, next);
      pieces = next;
    }
    for (const one of pieces) out.push(one);
  };
}

function byteLevel(part: JsonPart): PreTokenizer {
  const spaced = flagField(part, "add_prefix_space", true);
  const split = flagField(part, "use_regex", true);
  return (piece, out) => {
    const given =
      spaced && !piece.text.startsWith(" ")
        ? { text: ` ${piece.text}`, lead: piece.lead > 0 ? piece.lead + 1 : 0 }
        : piece;
    const from = out.length;
    if (split) splitAt(given, GPT2, "Isolated", false, out);
    else out.push(given);
    for (let n = from; n < out.length; n++) {
      const { text, lead } = out[n]!;
      out[n] = { text: byteSigns(text), lead: lead === 0 ? 0 : byteSigns(text.slice(0, lead)).length };
    }
  };
}

function metaspace(part: JsonPart): PreTokenizer {
  const sign = textField(part, "replacement", "\u2581");
  if ([...sign].length !== 1) throw malformed(`${part.where}.replacement`, "one character", sign);
  // Older files have a truth in the place of the scheme.
  const scheme = choiceField(
    part,
    "prepend_scheme",
    ["first", "never", "always"],
    flagField(part, "add_prefix_space", true) ? "always" : "never",
  );
  const split = flagField(part, "split", true);
  const pattern = new RegExp(literal(sign), "gu");
  return (piece, out) => {
    const text = piece.text.replaceAll(" ", sign);
    const prefixed =
      !text.startsWith(sign) && (scheme === "always" || (scheme === "first" && piece.lead > 0));
    const lead = prefixed && piece.lead > 0 ? piece.lead + 1 : piece.lead;
    const given = { text: prefixed ? sign + text : text, lead };
    if (split) splitAt(given, pattern, "MergedWithNext", false, out);
    else out.push(given);
  };
}

function fixedLength(part: JsonPart): PreTokenizer {
  const length = countField(part, "length", 5);
  if (length === 0) throw malformed(`${part.where}.length`, "an integer of at least 1", 0);
  return at(new RegExp(`[^]{1,${length}}`, "gu"), "Isolated");
}

const MAKERS: Readonly<Record<string, (part: JsonPart) => PreTokenizer>> = {
  Whitespace: () => at(WORD_OR_SIGNS, "Removed", true),
  WhitespaceSplit: () => at(SPACES, "Removed"),
  BertPreTokenizer: () => chained([at(SPACES, "Removed"), at(SIGN, "Isolated")]),
  ByteLevel: byteLevel,
  Digits: (part) =>
    at(
      new RegExp(`[${NUMERIC}]`, "gu"),
      flagField(part, "individual_digits", false) ? "Isolated" : "Contiguous",
    ),
  Punctuation: (part) => at(SIGN, behaviourField(part, "behavior", "Isolated")),
  CharDelimiterSplit: (part) => at(new RegExp(literal(textField(part, "delimiter")), "gu"), "Removed"),
  Split: (part) =>
    at(
      patternField(part, "pattern"),
      behaviourField(part, "behavior", "Isolated"),
      flagField(part, "invert", false),
    ),
  Metaspace: metaspace,
  FixedLength: fixedLength,
  Sequence: (part) => chained(partsField(part, "pretokenizers").map(readPreTokenizer)),
};

/** Components of splitting that are read. */
export const PRE_TOKENIZERS: readonly string[] = Object.keys(MAKERS);

/** The splitting that a file states. */
export function readPreTokenizer(part: JsonPart): PreTokenizer {
  return madeBy(MAKERS, part);
}

import { tidelineError } from "@tideline/spec/error";
import { choiceField, countField, jsonPart, malformed, textField, type JsonPart } from "./json-part.ts";
import { cutList, type TokenList } from "./token-list.ts";

/** Cuts texts so that they fit with `added` special tokens. */
export type Truncation = (texts: readonly TokenList[], added: number) => readonly TokenList[];

/** The truncation that a file states: at most `max_length` tokens, special ones included. */
export function readTruncation(part: JsonPart): Truncation {
  const most = countField(part, "max_length");
  const side = choiceField(part, "direction", ["Left", "Right"], "Right");
  const strategy = choiceField(part, "strategy", ["LongestFirst", "OnlyFirst", "OnlySecond"], "LongestFirst");
  countField(part, "stride", 0);
  return (texts, added) => {
    const room = Math.max(0, most - added);
    if (most === 0) return texts.map((list) => cutList(list, 0, side));
    const [first, second] = texts as readonly [TokenList, TokenList?];
    const a = first.ids.length;
    const b = second?.ids.length ?? 0;
    const extra = a + b - room;
    if (extra <= 0) return texts;
    if (second === undefined || strategy === "OnlyFirst") {
      if (strategy === "OnlySecond") throw tooLong("a second text", "none");
      if (a <= extra && second !== undefined)
        throw tooLong(`more than ${extra} tokens in the first text`, String(a));
      return [cutList(first, Math.max(0, a - extra), side), ...texts.slice(1)];
    }
    if (strategy === "OnlySecond") {
      if (b <= extra) throw tooLong(`more than ${extra} tokens in the second text`, String(b));
      return [first, cutList(second, b - extra, side)];
    }
    // The longer one is cut until both are equally long; then the first has the odd token less.
    const [short, long] = a <= b ? [a, b] : [b, a];
    const [less, more] =
      short > room / 2 ? [Math.floor(room / 2), room - Math.floor(room / 2)] : [short, room - short];
    const lengths = a <= b ? [less, more] : [more, less];
    void long;
    return [cutList(first, lengths[0]!, side), cutList(second, lengths[1]!, side)];
  };
}

function tooLong(expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: "tokenizer.encode",
    field: "truncation",
    expected,
    received,
  });
}

/** How texts are filled up. */
export interface Padding {
  readonly id: number;
  readonly typeId: number;
  readonly side: "Left" | "Right";
  /** The length that texts are filled up to, of which this is the longest. */
  readonly lengthFor: (longest: number) => number;
}

/** What leaves texts as long as they are. */
export const NO_PADDING: Padding = Object.freeze({ id: 0, typeId: 0, side: "Right", lengthFor: () => 0 });

/** The padding that a file states. */
export function readPadding(part: JsonPart): Padding {
  const strategy = part.fields["strategy"];
  let fixed: number | undefined;
  if (strategy !== undefined && strategy !== "BatchLongest") {
    if (typeof strategy === "string")
      throw malformed(`${part.where}.strategy`, "BatchLongest or Fixed", strategy);
    fixed = countField(jsonPart(`${part.where}.strategy`, strategy), "Fixed");
  }
  const multiple =
    (part.fields["pad_to_multiple_of"] ?? 0) === 0 ? 0 : countField(part, "pad_to_multiple_of");
  textField(part, "pad_token", "[PAD]");
  return Object.freeze({
    id: countField(part, "pad_id", 0),
    typeId: countField(part, "pad_type_id", 0),
    side: choiceField(part, "direction", ["Left", "Right"], "Right"),
    lengthFor(longest: number) {
      const length = fixed ?? longest;
      return multiple > 0 ? Math.ceil(length / multiple) * multiple : length;
    },
  });
}

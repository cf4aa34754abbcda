import { joinShapes, patternOfShape, shapeOf, type TextShape } from "./text-shape.ts";

/** Forms that are known by name, the narrowest first; each takes time in proportion to the text. */
const KNOWN: readonly (readonly [string, RegExp])[] = [
  ["UUIDs", /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu],
  ["e-mail addresses", /^[^\s@]+@[^\s@]+\.[^\s@]+$/u],
  ["web addresses", /^https?:\/\/\S+$/iu],
  ["times of day", /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/u],
  ["IP addresses", /^(?:\d{1,3}\.){3}\d{1,3}$/u],
  ["telephone numbers", /^\+\d[\d ()/-]{7,18}\d$/u],
];
/** Hashes and tokens: characters in any order, of one length. */
const TOKENS: readonly (readonly [string, string])[] = [
  ["hexadecimal numbers", "[0-9a-f]"],
  ["hexadecimal numbers", "[0-9A-F]"],
  ["tokens", "[0-9A-Za-z_-]"],
];
/** Characters of a token at least: shorter ones are words. */
const TOKEN_LENGTH = 10;

/** A form that all texts of a column have. */
export interface TextForm {
  /** What it is, for a person. */
  readonly name: string;
  /** The source of a regular expression of flag u (and i where letters' case is free). */
  readonly source: string;
  readonly flags: string;
}

/** Looks for the form that every text has. */
export interface FormSearch {
  /** Takes a text; the same one may come again. */
  add(text: string): void;
  /** @param literal whether letters that all texts share may be told. */
  finish(literal: boolean): TextForm | undefined;
  /** Whether any form is left. */
  readonly open: boolean;
}

/** A search that keeps what the texts so far have in common; their order and number of times do not matter. */
export function formSearch(): FormSearch {
  let known = KNOWN;
  let tokens = TOKENS.map(([name, set]) => ({ name, set, one: new RegExp(`^${set}+$`, "u") }));
  let shape: TextShape | undefined;
  let [started, shaped, digits, length] = [false, true, false, 0];
  return {
    get open() {
      return !started || shaped || known.length + tokens.length > 0;
    },
    add(text) {
      known = known.filter(([, form]) => form.test(text));
      if (started && text.length !== length) tokens = [];
      tokens = text.length < TOKEN_LENGTH ? [] : tokens.filter(({ one }) => one.test(text));
      digits ||= /\d/u.test(text);
      if (shaped) {
        const own = shapeOf(text);
        shape = own === undefined ? undefined : started ? joinShapes(shape!, own) : own;
        shaped = shape !== undefined;
      }
      [started, length] = [true, text.length];
    },
    finish(literal) {
      if (!started) return undefined;
      const named = known[0];
      if (named !== undefined) return { name: named[0], source: named[1].source, flags: named[1].flags };
      const source = shape === undefined ? undefined : patternOfShape(shape, literal);
      if (source !== undefined) return { name: "texts of one shape", source, flags: "u" };
      const token = digits ? tokens[0] : undefined;
      return token && { name: token.name, source: `^${token.set}{${length}}$`, flags: "u" };
    },
  };
}

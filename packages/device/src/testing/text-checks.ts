import { toHex, type TextCodec } from "@tideline/spec";
import { expectFailure, expectSame, fromHex, type PortCheck } from "./check.ts";

const who = "text";

/** Text and its UTF-8, of every length of character; with the first and the last of each. */
const KNOWN: readonly (readonly [text: string, bytes: string])[] = [
  ["", ""],
  ["abc", "616263"],
  ["\u0000\u007f", "007f"],
  ["\u0080\u07ff", "c280dfbf"],
  ["\u0800\uffff", "e0a080efbfbf"],
  ["\u{10000}\u{10ffff}", "f0908080f48fbfbf"],
  ["Zoë 🚲", "5a6fc3ab20f09f9ab2"],
  ["\ufeffx", "efbbbf78"],
];

/** What is no UTF-8 (The Unicode Standard, table 3-7). */
const MALFORMED: readonly (readonly [what: string, bytes: string])[] = [
  ["a byte that never occurs", "ff"],
  ["a continuation alone", "80"],
  ["a character cut off", "e282"],
  ["a character cut off by another", "e24141"],
  ["an overlong form", "c080"],
  ["a surrogate", "eda080"],
  ["a code point beyond the last", "f4908080"],
];

/** What the port of UTF-8 promises. */
export const TEXT_CHECKS: readonly PortCheck<TextCodec>[] = [
  {
    name: "writes and reads characters of every length, a byte order mark too",
    run: async (text) => {
      for (const [value, bytes] of KNOWN) {
        expectSame(who, JSON.stringify(value), toHex(text.encode(value)), bytes);
        expectSame(who, bytes, text.decode(fromHex(bytes)), value);
      }
    },
  },
  {
    name: "refuses bytes that are no UTF-8",
    run: async (text) => {
      for (const [what, bytes] of MALFORMED)
        await expectFailure(who, what, () => text.decode(fromHex(bytes)));
    },
  },
  {
    name: "writes half a surrogate pair as the replacement character",
    run: async (text) => {
      expectSame(who, "half a pair", toHex(text.encode("a\ud800b")), "61efbfbd62");
    },
  },
  {
    name: "reads only what a view into a larger buffer shows, and text of 100,000 characters",
    run: async (text) => {
      expectSame(who, "a view", text.decode(fromHex("78c3ab78").subarray(1, 3)), "ë");
      const long = "aë🚲".repeat(25_000);
      expectSame(who, "long text", text.decode(text.encode(long)) === long, true);
    },
  },
];

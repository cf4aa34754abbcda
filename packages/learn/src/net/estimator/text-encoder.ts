import { tidelineError } from "@tideline/spec";
import type { NetEncoder } from "./net-classifier.ts";
import { fittedTokeniser, type Tokeniser } from "./tokeniser.ts";

const NONE = fittedTokeniser({ unit: "word", length: 1, tokens: [] });

/** Texts as tensors of token numbers; without a tokeniser it only checks. */
export function textEncoder(by: Pick<Tokeniser, "encode" | "length"> = NONE): NetEncoder<readonly string[]> {
  return {
    count: (texts) => texts.length,
    check(who, texts) {
      const at = texts.findIndex((text) => typeof text !== "string");
      if (at < 0) return;
      throw tidelineError("DATA_MALFORMED", {
        who,
        field: `texts, row ${at}`,
        expected: "a text",
        received: String(texts[at]),
      });
    },
    inputs: (texts, start, count) => ({
      x: { dims: [by.length], values: by.encode(texts.slice(start, start + count)) },
    }),
  };
}

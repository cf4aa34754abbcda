import type { Column, FrameSchema, SeriesColumn, StringColumn } from "../../frame/column.ts";
import { noneValid, setValid } from "../../frame/validity.ts";
import { FORMS } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { readTokenizer } from "./tokenizer/read-tokenizer.ts";
import type { Tokenizer } from "./tokenizer/tokenizer.ts";

/** What {@link tokenIds} takes. */
export interface TokenIdsOptions {
  /** The text of a `tokenizer.json`, as `readTokenizer` reads it. */
  readonly tokenizer: string;
  /** Whether the file's special tokens are put around each text. Default true. */
  readonly addSpecialTokens?: boolean;
}

const KIND = "tokenIds";
const TOKEN_FORMS = { tokenizer: FORMS.text, addSpecialTokens: FORMS.truth };

/** The tokenizer of the file that was read last: a chain asks for the same one piece after piece. */
let last: Tokenizer | undefined;

function tokenizerOf(json: string): Tokenizer {
  if (last?.json !== json) last = readTokenizer(json);
  return last;
}

/** The definition behind {@link tokenIds}. */
export const TOKEN_IDS: TransformDef<TokenIdsOptions, null> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: Object.freeze(["string"] as const),
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: TOKEN_FORMS,
  resolve(given: TokenIdsOptions): TokenIdsOptions {
    const options = resolveOptions(KIND, TOKEN_FORMS, { addSpecialTokens: true }, given, ["tokenizer"]);
    tokenizerOf(options.tokenizer);
    return options;
  },
  begin: () => learnsNothing(null),
  checkState: () => undefined,
  outputs: (_: null, _options: TokenIdsOptions, inputs: FrameSchema): FrameSchema =>
    inputs.map(({ name }) => ({ name, kind: "series" })),
  apply(
    _: null,
    { tokenizer, addSpecialTokens = true }: TokenIdsOptions,
    columns: readonly Column[],
    rows: number,
  ) {
    const encoder = tokenizerOf(tokenizer);
    return columns.map((column): SeriesColumn => {
      const { name, codes, dictionary } = column as StringColumn;
      const used = new Uint8Array(dictionary.length);
      for (let row = 0; row < rows; row++) if (codes[row]! >= 0) used[codes[row]!] = 1;
      const texts = dictionary.map((text, place) => (used[place] === 1 ? text : ""));
      const known = encoder.encodeSeries(texts, { addSpecialTokens });
      const offsets = new Int32Array(rows + 1);
      for (let row = 0; row < rows; row++) {
        const code = codes[row]!;
        offsets[row + 1] = offsets[row]! + (code < 0 ? 0 : known.offsets[code + 1]! - known.offsets[code]!);
      }
      const values = new Int32Array(offsets[rows]!);
      const validity = noneValid(rows);
      for (let row = 0; row < rows; row++) {
        const code = codes[row]!;
        if (code < 0) continue;
        setValid(validity, row);
        values.set(known.values.subarray(known.offsets[code], known.offsets[code + 1]), offsets[row]);
      }
      return { kind: "series", name, offsets, values, validity };
    });
  },
  lower: { unsupported: "numbers of tokens enter a graph: a tokenizer is TypeScript beside it" },
});

/**
 * Columns of texts to series of token numbers, by a tokenizer of Hugging Face's format. A missing text is a missing series.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not; MODEL_UNSUPPORTED and DATA_MALFORMED as `readTokenizer`.
 * @example
 * fitTransform(tokenIds({ columns: ["message"], tokenizer: await readFile("tokenizer.json", "utf8") }), rows);
 */
export function tokenIds(options: TokenIdsOptions & Selection): Transform {
  return transformOf(TOKEN_IDS, options);
}

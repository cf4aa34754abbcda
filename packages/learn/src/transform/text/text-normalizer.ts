import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema, StringColumn } from "../../frame/column.ts";
import { resolveOptions } from "../resolve-options.ts";
import { learnsNothing } from "../stateless-fit.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { REWRITE_FORMS } from "./text-option.ts";
import { textForm, type AccentForm } from "./vector/text-form.ts";
import { wordForm, type WordFormOptions } from "./word/word-form.ts";

/** What {@link textNormalizer} takes. */
export interface TextNormalizerOptions extends WordFormOptions {
  /** Unicode's normal form. Default "NFC". */
  readonly form?: "keep" | "NFC" | "NFD" | "NFKC" | "NFKD";
  /** Default false; with `stem` or `lemmas` texts are always put into lower case. */
  readonly lowercase?: boolean;
  /** Takes accents away: by decomposition, or with everything outside ASCII. Default "keep". */
  readonly stripAccents?: AccentForm | "keep";
  /** Removes white space at both ends, and makes one space of what is between words. Default true. */
  readonly trim?: boolean;
}

const KIND = "textNormalizer";

/** The function that the options stand for. */
function rewriting(options: TextNormalizerOptions): (text: string) => string {
  const {
    form = "NFC",
    lowercase = false,
    stripAccents = "keep",
    trim = true,
    stem = "keep",
    lemmas,
  } = options;
  const based =
    stem === "keep" && lemmas === undefined ? undefined : wordForm({ stem, ...(lemmas && { lemmas }) });
  const plain = textForm(lowercase, stripAccents);
  return (given) => {
    let text = form === "keep" ? given : given.normalize(form);
    if (based !== undefined) text = based(text);
    text = plain(text);
    return trim ? text.replace(/\p{White_Space}+/gu, " ").trim() : text;
  };
}

/** A dictionary rewritten: distinct texts, and the place of each old one among them. */
function rewritten(
  dictionary: readonly string[],
  rewrite: (text: string) => string,
): { readonly dictionary: readonly string[]; readonly places: Int32Array } {
  const found = new Map<string, number>();
  const places = Int32Array.from(dictionary, (given) => {
    const text = rewrite(given);
    const place = found.get(text) ?? found.size;
    found.set(text, place);
    return place;
  });
  return { dictionary: Object.freeze([...found.keys()]), places };
}

/** The definition behind {@link textNormalizer}. */
export const TEXT_NORMALIZER: TransformDef<TextNormalizerOptions, null> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: Object.freeze(["string"] as const),
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: REWRITE_FORMS,
  resolve: (given: TextNormalizerOptions): TextNormalizerOptions =>
    resolveOptions(
      KIND,
      REWRITE_FORMS,
      { form: "NFC", lowercase: false, stripAccents: "keep", trim: true, stem: "keep" },
      given,
    ),
  begin: () => learnsNothing(null),
  checkState: () => undefined,
  outputs: (_: null, _options: TextNormalizerOptions, inputs: FrameSchema): FrameSchema => inputs,
  apply(_: null, options: TextNormalizerOptions, columns: readonly Column[]) {
    const rewrite = rewriting(options);
    return columns.map((column): StringColumn => {
      const { name, codes, dictionary } = column as StringColumn;
      const made = rewritten(dictionary, rewrite);
      return {
        kind: "string",
        name,
        codes: codes.map((code) => (code < 0 ? -1 : made.places[code]!)),
        dictionary: made.dictionary,
      };
    });
  },
  lower(_: null, options: TextNormalizerOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const rewrite = rewriting(options);
    return columns.map((column): GraphColumn => {
      if (column.kind !== "codes") {
        throw tidelineError("RUNTIME_UNSUPPORTED", {
          who: KIND,
          field: `column "${column.name}"`,
          expected: "codes of a dictionary: no operator rewrites texts so",
          received: column.kind,
        });
      }
      const { dictionary, places } = rewritten(column.dictionary, rewrite);
      // -1 counts from the back: the last place is that of what is missing.
      const table = g.constant(BigInt64Array.from([...places, -1], BigInt));
      return { kind: "codes", name: column.name, value: g.op("Gather", [table, column.value]), dictionary };
    });
  },
});

/**
 * Rewrites columns of texts: normal form, lower case, accents, white space, base forms of words. Texts that become equal
 * are one. Missing texts stay missing.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * textNormalizer({ columns: ["message"], form: "NFKC", lowercase: true, stem: "english" });
 */
export function textNormalizer(options: TextNormalizerOptions & Selection = {}): Transform {
  return transformOf(TEXT_NORMALIZER, options);
}

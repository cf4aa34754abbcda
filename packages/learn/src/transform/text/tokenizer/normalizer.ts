import { byteSigns } from "./byte-alphabet.ts";
import { ACCENTS, MARKS, UNPRINTED } from "./character-class.ts";
import { IDEOGRAPH, lowerEach, spaceEnd, spaceStart } from "./code-point.ts";
import { flagField, madeBy, partsField, textField, type JsonPart } from "./json-part.ts";
import { precompiled } from "./precompiled.ts";
import { patternField } from "./split.ts";

/** Rewrites a text before it is split. */
export interface TextNormalizer {
  readonly apply: (text: string) => string;
  /** How many code units of the result the first `lead` ones of the text have become. */
  readonly lead: (text: string, lead: number) => number;
}

/** What sees each character by itself, or nearly so. */
const keeps = (apply: (text: string) => string): TextNormalizer => ({
  apply,
  lead: (text, lead) => (lead === 0 ? 0 : apply(text.slice(0, lead)).length),
});

/** Removes what a class matches. */
function without(characters: string, before: (text: string) => string = (text) => text): TextNormalizer {
  const every = new RegExp(`[${characters}]+`, "gu");
  return keeps((text) => before(text).replace(every, ""));
}

function chained(list: readonly TextNormalizer[]): TextNormalizer {
  return {
    apply: (text) => list.reduce((given, { apply }) => apply(given), text),
    lead(text, lead) {
      let given = text;
      return list.reduce((before, step) => {
        const after = step.lead(given, before);
        given = step.apply(given);
        return after;
      }, lead);
    },
  };
}

function strip(part: JsonPart): TextNormalizer {
  const left = flagField(part, "strip_left", true);
  const right = flagField(part, "strip_right", true);
  return {
    apply(text) {
      const begun = left ? spaceEnd(text, 0) : 0;
      return text.slice(begun, right ? spaceStart(text, text.length, begun) : text.length);
    },
    lead: (text, lead) => (left ? Math.max(0, lead - spaceEnd(text, 0)) : lead),
  };
}

function bert(part: JsonPart): TextNormalizer {
  const lower = flagField(part, "lowercase", true);
  const accents = part.fields["strip_accents"] === null ? lower : flagField(part, "strip_accents", lower);
  const steps: TextNormalizer[] = [];
  if (flagField(part, "clean_text", true)) {
    steps.push(without(UNPRINTED));
    steps.push(keeps((text) => text.replace(/[\p{White_Space}]/gu, " ")));
  }
  if (flagField(part, "handle_chinese_chars", true)) {
    const ideograph = new RegExp(`[${IDEOGRAPH}]`, "gu");
    steps.push(keeps((text) => text.replace(ideograph, " $& ")));
  }
  if (accents) steps.push(without(ACCENTS, (text) => text.normalize("NFD")));
  if (lower) steps.push(keeps(lowerEach));
  return chained(steps);
}

const NMT_REMOVED = "\\u0001-\\u0008\\u000B\\u000E-\\u001F\\u007F\\u008F\\u009F";
const NMT_SPACE = /[\t\n\f\r\u1680\u200B-\u200F\u2028\u2029\u2581\uFEFF\uFFFD]/g;

const MAKERS: Readonly<Record<string, (part: JsonPart) => TextNormalizer>> = {
  NFC: () => keeps((text) => text.normalize("NFC")),
  NFD: () => keeps((text) => text.normalize("NFD")),
  NFKC: () => keeps((text) => text.normalize("NFKC")),
  NFKD: () => keeps((text) => text.normalize("NFKD")),
  Lowercase: () => keeps(lowerEach),
  Strip: strip,
  StripAccents: () => without(MARKS),
  Nmt: () => chained([without(NMT_REMOVED), keeps((text) => text.replace(NMT_SPACE, " "))]),
  BertNormalizer: bert,
  Precompiled: (part) => keeps(precompiled(part)),
  ByteLevel: () => keeps(byteSigns),
  Prepend(part) {
    const prefix = textField(part, "prepend");
    return keeps((text) => (text === "" ? "" : prefix + text));
  },
  Replace(part) {
    const pattern = patternField(part, "pattern");
    const content = textField(part, "content");
    const plain = keeps((text) => text.replace(pattern, () => content));
    const start = new RegExp(`^(?:${pattern.source})`, "u");
    return {
      apply: plain.apply,
      lead(text, lead) {
        const found = lead === 0 ? "" : (start.exec(text)?.[0] ?? "");
        if (found === "") return plain.lead(text, lead);
        // What takes the place of a match stands where its last character stood.
        const last = found.length - (/[\ud800-\udbff][\udc00-\udfff]$/.test(found) ? 2 : 1);
        return (
          (last < lead ? content.length : 0) +
          plain.lead(text.slice(found.length), Math.max(0, lead - found.length))
        );
      },
    };
  },
  Sequence: (part) => chained(partsField(part, "normalizers").map(readNormalizer)),
};

/** Components of normalisation that are read. */
export const NORMALIZERS: readonly string[] = Object.keys(MAKERS);

/** The normalisation that a file states. */
export function readNormalizer(part: JsonPart): TextNormalizer {
  return madeBy(MAKERS, part);
}

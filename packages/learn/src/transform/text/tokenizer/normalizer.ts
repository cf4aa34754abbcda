import { byteSigns } from "./byte-alphabet.ts";
import { ACCENTS, MARKS, UNPRINTED } from "./character-class.ts";
import { IDEOGRAPH, lowerEach, WHITE_SPACE } from "./code-point.ts";
import { flagField, madeBy, partsField, textField, type JsonPart } from "./json-part.ts";
import { precompiled } from "./precompiled.ts";
import { patternField } from "./split.ts";

/** Rewrites a text before it is split. */
export interface TextNormalizer {
  readonly apply: (text: string) => string;
  /** Whether the first character of a text vanishes, so that what is left no longer begins where the text did. */
  readonly dropsFirst: (text: string) => boolean;
}

const keeps = (apply: (text: string) => string): TextNormalizer => ({ apply, dropsFirst: () => false });

/** Removes what a class matches. */
function without(characters: string, before: (text: string) => string = (text) => text): TextNormalizer {
  const every = new RegExp(`[${characters}]+`, "gu");
  const first = new RegExp(`^[${characters}]`, "u");
  return {
    apply: (text) => before(text).replace(every, ""),
    dropsFirst: (text) => first.test(before(text)),
  };
}

function chained(list: readonly TextNormalizer[]): TextNormalizer {
  return {
    apply: (text) => list.reduce((given, { apply }) => apply(given), text),
    dropsFirst(text) {
      let given = text;
      return list.some(({ apply, dropsFirst }) => {
        const dropped = dropsFirst(given);
        given = apply(given);
        return dropped;
      });
    },
  };
}

function strip(part: JsonPart): TextNormalizer {
  const left = flagField(part, "strip_left", true);
  const start = new RegExp(`^[${WHITE_SPACE}]+`, "u");
  const end = new RegExp(`[${WHITE_SPACE}]+$`, "u");
  const right = flagField(part, "strip_right", true);
  return {
    apply(text) {
      const begun = left ? text.replace(start, "") : text;
      return right ? begun.replace(end, "") : begun;
    },
    dropsFirst: (text) => left && start.test(text),
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
    const start = new RegExp(`^(?:${pattern.source})`, "u");
    return {
      apply: (text) => text.replace(pattern, () => content),
      dropsFirst: (text) => content === "" && start.test(text),
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

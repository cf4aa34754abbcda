import {
  countField,
  listField,
  madeBy,
  malformed,
  optionalPart,
  partsField,
  textField,
  unsupportedPart,
  jsonPart,
  type JsonPart,
} from "./json-part.ts";
import { tokenList, type TokenList } from "./token-list.ts";

/** Puts special tokens around and between the texts. */
export interface PostProcessor {
  /** Tokens that it adds to one text, or to two. */
  readonly added: (texts: number) => number;
  readonly apply: (texts: readonly TokenList[], addSpecial: boolean) => readonly TokenList[];
}

/** What leaves texts as they are. */
export const PLAIN: PostProcessor = Object.freeze({
  added: () => 0,
  apply: (texts: readonly TokenList[]) => texts,
});

/** An entry of a template: a text by its place, or ids. */
type TemplatePart =
  | { readonly text: 0 | 1; readonly type: number }
  | { readonly ids: readonly number[]; readonly type: number };

function processor(templates: readonly (readonly TemplatePart[])[], typed: boolean): PostProcessor {
  const added = templates.map((parts) =>
    parts.reduce((sum, part) => sum + ("ids" in part ? part.ids.length : 0), 0),
  );
  return {
    added: (texts) => added[texts - 1]!,
    apply: (texts, addSpecial) =>
      templates[texts.length - 1]!.flatMap((part) => {
        if ("ids" in part) return addSpecial ? [tokenList([...part.ids], part.type, 1)] : [];
        const list = texts[part.text]!;
        return [addSpecial || typed ? { ...list, typeIds: list.ids.map(() => part.type) } : list];
      }),
  };
}

/** A pair of a token and its number. */
function pairField(part: JsonPart, key: string): readonly number[] {
  const [token, id] = listField(part, key);
  if (typeof token === "string" && Number.isInteger(id) && (id as number) >= 0) return [id as number];
  throw malformed(`${part.where}.${key}`, "a token and its number", part.fields[key]);
}

function bert(part: JsonPart): PostProcessor {
  const cls = pairField(part, "cls");
  const sep = pairField(part, "sep");
  const single: TemplatePart[] = [
    { ids: cls, type: 0 },
    { text: 0, type: 0 },
    { ids: sep, type: 0 },
  ];
  return processor([single, [...single, { text: 1, type: 1 }, { ids: sep, type: 1 }]], false);
}

function roberta(part: JsonPart): PostProcessor {
  const cls = pairField(part, "cls");
  const sep = pairField(part, "sep");
  const single: TemplatePart[] = [
    { ids: cls, type: 0 },
    { text: 0, type: 0 },
    { ids: sep, type: 0 },
  ];
  return processor(
    [single, [...single, { ids: sep, type: 0 }, { text: 1, type: 0 }, { ids: sep, type: 0 }]],
    true,
  );
}

function template(part: JsonPart): PostProcessor {
  const tokens = optionalPart(part, "special_tokens") ?? jsonPart(`${part.where}.special_tokens`, {});
  const read = (key: string): TemplatePart[] =>
    partsField(part, key).map((entry) => {
      const special = optionalPart(entry, "SpecialToken");
      if (special !== undefined) {
        const found = optionalPart(tokens, textField(special, "id"));
        if (found === undefined)
          throw malformed(special.where, "one of special_tokens", special.fields["id"]);
        const ids = listField(found, "ids").map((id) => {
          if (Number.isInteger(id) && (id as number) >= 0) return id as number;
          throw malformed(`${found.where}.ids`, "numbers of tokens", id);
        });
        return { ids, type: countField(special, "type_id", 0) };
      }
      const sequence = optionalPart(entry, "Sequence");
      const name = sequence === undefined ? "" : textField(sequence, "id");
      if (sequence === undefined || (name !== "A" && name !== "B"))
        throw malformed(entry.where, "a SpecialToken, or a Sequence A or B", entry.fields);
      return { text: name === "A" ? 0 : 1, type: countField(sequence, "type_id", 0) };
    });
  const single = read("single");
  if (single.some((entry) => "text" in entry && entry.text === 1))
    throw malformed(`${part.where}.single`, "Sequence A alone", "B");
  return processor([single, read("pair")], true);
}

function sequence(part: JsonPart): PostProcessor {
  const list = partsField(part, "processors")
    .map(readPostProcessor)
    .filter((one) => one !== PLAIN);
  if (list.length > 1)
    throw unsupportedPart(part.where, "at most one part that adds tokens", `${list.length} of them`);
  return list[0] ?? PLAIN;
}

const MAKERS: Readonly<Record<string, (part: JsonPart) => PostProcessor>> = {
  BertProcessing: bert,
  RobertaProcessing: roberta,
  TemplateProcessing: template,
  // It only says where tokens stand in the text.
  ByteLevel: () => PLAIN,
  Sequence: sequence,
};

/** Post-processors that are read. */
export const POST_PROCESSORS: readonly string[] = Object.keys(MAKERS);

/** The post-processor that a file states. */
export function readPostProcessor(part: JsonPart): PostProcessor {
  return madeBy(MAKERS, part);
}

import type { OnnxModel, OnnxNode } from "../onnx.ts";
import type { Dictionaries } from "./lower.ts";
import { OTHER_TEXT } from "./source-unit.ts";

/** A model whose texts are codes, and what the codes stand for. */
export interface CodedModel {
  readonly model: OnnxModel;
  readonly dictionaries: Dictionaries;
}

/**
 * Takes the look-ups of single texts off the front of a graph: an input of texts that a LabelEncoder alone reads, and numbers
 * 0, 1, ... as `textInputs` of `@tideline/learn` writes it, becomes an input of codes with that dictionary, which source looks up
 * by itself. Other inputs stay as they are.
 *
 * @example
 * const { model: coded, dictionaries } = textLookups(readOnnx(bytes));
 * const { files } = writeSource(coded, { language: "swift", name: "Visit", dictionaries });
 */
export function textLookups(model: OnnxModel): CodedModel {
  const { graph } = model;
  const found = graph.inputs.flatMap(({ name, elementType }) => {
    if (elementType !== "string") return [];
    const readers = graph.nodes.filter((node) => node.inputs.includes(name));
    if (readers.length !== 1 || graph.outputs.some((output) => output.name === readers[0]!.outputs[0]))
      return [];
    const dictionary = dictionaryOf(readers[0]!);
    return dictionary === undefined ? [] : [{ name, reader: readers[0]!, dictionary }];
  });
  if (found.length === 0) return { model, dictionaries: {} };
  const inputOf = new Map(found.map(({ name, reader }) => [reader.outputs[0]!, name]));
  const coded = new Set(found.map(({ name }) => name));
  const gone = new Set(found.map(({ reader }) => reader));
  return {
    model: {
      ...model,
      graph: {
        ...graph,
        inputs: graph.inputs.map((one) => (coded.has(one.name) ? { ...one, elementType: "int64" } : one)),
        nodes: graph.nodes
          .filter((node) => !gone.has(node))
          .map((node) => ({ ...node, inputs: node.inputs.map((one) => inputOf.get(one) ?? one) })),
      },
    },
    dictionaries: Object.fromEntries(found.map(({ name, dictionary }) => [name, dictionary])),
  };
}

/** The texts that a LabelEncoder numbers, by number; undefined where it does something else. */
function dictionaryOf({ op, domain, attributes }: OnnxNode): readonly string[] | undefined {
  const [keys, values, rest] = [
    attributes["keys_strings"],
    attributes["values_int64s"],
    attributes["default_int64"],
  ];
  if (op !== "LabelEncoder" || domain !== "ai.onnx.ml") return undefined;
  if (keys?.type !== "strings" || values?.type !== "ints" || keys.value.length !== values.value.length)
    return undefined;
  const numbers = [...values.value].map(Number);
  const other = rest?.type === "int" ? Number(rest.value) : -1;
  const places = Math.max(other, ...numbers) + 1;
  if (places > keys.value.length + 1 || other < -1) return undefined;
  const texts: (string | undefined)[] = Array.from({ length: places });
  if (other >= 0) texts[other] = OTHER_TEXT;
  for (const [at, key] of keys.value.entries()) {
    const number = numbers[at]!;
    // The empty text is a missing one.
    if (key === "" && number === -1) continue;
    if (key === "" || number < 0 || texts[number] !== undefined) return undefined;
    texts[number] = key;
  }
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

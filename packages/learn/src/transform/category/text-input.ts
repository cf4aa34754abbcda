import { ML_OPSET, type OnnxModel, type OnnxNode, type ValueInfo } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { FittedTransform } from "../transform.ts";
import { isRecord } from "../../net/estimator/option-form.ts";

/** Stands in a dictionary for every text that is not in it, so that such a text is not taken for a missing one. */
export const OTHER_TEXT = "\u0000";

/** Dictionaries of columns of texts, by name. */
export type TextDictionaries = Readonly<Record<string, readonly string[]>>;

/**
 * For each column of texts that fitted transforms of categories read: the categories that they know, and
 * {@link OTHER_TEXT} for all others. Codes of these say to the graph all that the texts would.
 *
 * @example
 * const dictionaries = textDictionaries([fitted]);
 * const columns = fitted.lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }));
 */
export function textDictionaries(fitted: readonly FittedTransform[]): TextDictionaries {
  const found = new Map<string, Set<string>>();
  for (const { inputs, state } of fitted) {
    const columns = isRecord(state) ? state["columns"] : undefined;
    if (!Array.isArray(columns)) continue;
    for (const [at, { name, kind }] of inputs.entries()) {
      const own: unknown = columns[at];
      if (kind !== "string" || !isRecord(own) || !Array.isArray(own["categories"])) continue;
      const texts = found.get(name) ?? new Set<string>();
      for (const text of own["categories"] as readonly string[]) texts.add(text);
      found.set(name, texts);
    }
  }
  return Object.freeze(
    Object.fromEntries([...found].map(([name, texts]) => [name, Object.freeze([...texts, OTHER_TEXT])])),
  );
}

const WHO = "textInputs";

/**
 * The model with inputs of texts in place of inputs of codes: each named input, int64, becomes one of strings of the same
 * name, which a `LabelEncoder` (ai.onnx.ml) looks up in the dictionary. The empty text is missing, -1; a text that is not
 * in the dictionary is its {@link OTHER_TEXT}, or missing where it has none. onnxruntime runs it everywhere where it has
 * operators on strings; elsewhere the app looks texts up and gives codes to the model as it was.
 *
 * @throws GRAPH_ILLEGAL for a name that is no input of int64.
 * @example
 * const bytes = writeOnnx(textInputs(g.build(), dictionaries));
 */
export function textInputs(model: OnnxModel, dictionaries: TextDictionaries): OnnxModel {
  const { graph } = model;
  const nodes = Object.entries(dictionaries).map(([name, dictionary]): OnnxNode => {
    const input = graph.inputs.find((one) => one.name === name);
    if (input?.elementType !== "int64")
      throw tidelineError("GRAPH_ILLEGAL", {
        who: WHO,
        field: `input "${name}"`,
        expected: "codes, int64",
        received: input?.elementType ?? `none; there are ${graph.inputs.map((one) => one.name).join(", ")}`,
      });
    return lookUp(name, codesName(model, name), dictionary);
  });
  const renamed = new Map(Object.keys(dictionaries).map((name) => [name, codesName(model, name)]));
  const rename = (names: readonly string[]) => Object.freeze(names.map((name) => renamed.get(name) ?? name));
  return Object.freeze({
    ...model,
    opsets: Object.freeze([
      ...model.opsets.filter(({ domain }) => domain !== "ai.onnx.ml"),
      { domain: "ai.onnx.ml", version: ML_OPSET },
    ]),
    graph: Object.freeze({
      ...graph,
      nodes: Object.freeze([
        ...nodes,
        ...graph.nodes.map((node) => Object.freeze({ ...node, inputs: rename(node.inputs) })),
      ]),
      inputs: Object.freeze(
        graph.inputs.map((input): ValueInfo =>
          renamed.has(input.name) ? { ...input, elementType: "string" } : input,
        ),
      ),
    }),
  });
}

/** A name for the codes of an input that nothing in the model has. */
function codesName({ graph }: OnnxModel, name: string): string {
  const taken = new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.map((tensor) => tensor.name),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]);
  let free = `${name}_codes`;
  while (taken.has(free)) free += "_";
  return free;
}

function lookUp(input: string, output: string, dictionary: readonly string[]): OnnxNode {
  const other = dictionary.indexOf(OTHER_TEXT);
  const known = dictionary
    .map((text, at) => ({ text, at }))
    .filter(({ text, at }) => text !== "" && at !== other);
  return Object.freeze({
    name: output,
    op: "LabelEncoder",
    domain: "ai.onnx.ml",
    inputs: Object.freeze([input]),
    outputs: Object.freeze([output]),
    attributes: Object.freeze({
      keys_strings: { type: "strings" as const, value: [...known.map(({ text }) => text), ""] },
      values_int64s: { type: "ints" as const, value: [...known.map(({ at }) => at), -1] },
      default_int64: { type: "int" as const, value: other },
    }),
  });
}

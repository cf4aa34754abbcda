import { textLookups, type OnnxModel } from "@tideline/graph";
import { textInputs } from "@tideline/learn/transform";
import { rowInputs, type ModelRows, type RowInput } from "./model-row.ts";
import { codesOf } from "./text-code.ts";

/** A graph as the interpreter and what rewrites graphs take it: texts that it looks up one by one come in as codes. */
export interface CodedGraph {
  readonly model: OnnxModel;
  readonly inputs: readonly RowInput[];
  /** Rows of the graph as it was, as this one takes them. */
  rowsOf(rows: ModelRows): ModelRows;
  /** What this one was rewritten to, with the texts of the graph as it was. */
  withTexts(rewritten: OnnxModel): OnnxModel;
}

/** A graph without its look-ups of texts; undefined for one that reads texts otherwise. */
export function codedGraph(given: OnnxModel): CodedGraph | undefined {
  const { model, dictionaries } = textLookups(given);
  const inputs = rowInputs(model);
  if (inputs.some(({ elementType }) => elementType === "string")) return undefined;
  return Object.freeze({
    model,
    inputs,
    withTexts: (rewritten: OnnxModel) =>
      Object.keys(dictionaries).length === 0 ? rewritten : textInputs(rewritten, dictionaries),
    rowsOf(rows: ModelRows) {
      const codes = Object.entries(dictionaries).map(
        ([name, texts]) => [name, codesOf(texts, rows.inputs[name] as readonly string[])] as const,
      );
      return { count: rows.count, inputs: { ...rows.inputs, ...Object.fromEntries(codes) } };
    },
  });
}

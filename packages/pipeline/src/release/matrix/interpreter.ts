import { interpret, textLookups, type OnnxModel } from "@tideline/graph";
import type { OpenArtifact } from "./artifact-runtime.ts";
import { feedsOf, rowInputs, type ModelRows } from "./model-row.ts";
import { codesOf } from "./text-code.ts";

/**
 * The graph itself, as no writer has touched it, by the slow and obvious kernels in double precision: what says that the
 * reference is right. Undefined for a graph that reads texts otherwise than by looking them up.
 */
export function openInterpreter(model: OnnxModel): OpenArtifact | undefined {
  const { model: coded, dictionaries } = textLookups(model);
  const inputs = rowInputs(coded);
  if (inputs.some(({ elementType }) => elementType === "string")) return undefined;
  return Object.freeze({
    outputs: coded.graph.outputs
      .filter(({ elementType }) => elementType !== "string")
      .map(({ name }) => name),
    async answer(rows: ModelRows, outputs: readonly string[]) {
      const codes = Object.entries(dictionaries).map(
        ([name, texts]) => [name, codesOf(texts, rows.inputs[name] as readonly string[])] as const,
      );
      const given = { count: rows.count, inputs: { ...rows.inputs, ...Object.fromEntries(codes) } };
      const feeds = Object.entries(feedsOf(inputs, given)).map(([name, { dims, values }]) => [
        name,
        { dims, values: Float64Array.from(values as ArrayLike<number | bigint>, Number) },
      ]);
      const results = interpret(coded, Object.fromEntries(feeds));
      return Object.fromEntries(outputs.map((name) => [name, results[name]!.values]));
    },
    close: async () => {},
  });
}

import { interpret, type InterpretOptions, type OnnxModel } from "@tideline/graph";
import type { OpenArtifact } from "./artifact-runtime.ts";
import { codedGraph } from "./coded-graph.ts";
import { interpreterFeeds, type ModelRows } from "./model-row.ts";

/**
 * The graph itself, as no writer has touched it, by the slow and obvious kernels in double precision: what says that the
 * reference is right. Undefined for a graph that reads texts otherwise than by looking them up.
 *
 * @param options whether operators' results are rounded as runtimes hold them
 */
export function openInterpreter(model: OnnxModel, options: InterpretOptions = {}): OpenArtifact | undefined {
  const coded = codedGraph(model);
  if (coded === undefined) return undefined;
  return Object.freeze({
    outputs: coded.model.graph.outputs
      .filter(({ elementType }) => elementType !== "string")
      .map(({ name }) => name),
    async answer(rows: ModelRows, outputs: readonly string[]) {
      const results = interpret(coded.model, interpreterFeeds(coded.inputs, coded.rowsOf(rows)), options);
      return Object.fromEntries(outputs.map((name) => [name, results[name]!.values]));
    },
    close: async () => {},
  });
}

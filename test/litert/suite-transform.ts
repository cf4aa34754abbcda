import { graphBuilder, type OnnxModel } from "@tideline/graph";
import {
  TRANSFORMS,
  fitTransform,
  graphInputs,
  textDictionaries,
  transformOf,
  type AnyTransformDef,
} from "@tideline/learn/transform";
import { conformanceFrame, conformanceLabels } from "@tideline/learn/transform/testing";
import { isTidelineError } from "@tideline/spec";
import { CASES } from "../../packages/learn/src/transform/testing/case.ts";

/** A graph of the suite, by name. */
export interface SuiteGraph {
  readonly name: string;
  readonly model: OnnxModel;
}

/** Every transform of the registry with each case of its own, as a graph each, where it has one. */
export function transformGraphs(): readonly SuiteGraph[] {
  const graphs: SuiteGraph[] = [];
  for (const [kind, def] of Object.entries<AnyTransformDef>(TRANSFORMS)) {
    if (kind === "graphTransform" || typeof def.lower !== "function") continue;
    for (const [at, { options = {}, rows, labels }] of (CASES[kind] ?? [{}]).entries()) {
      const given = rows ?? conformanceFrame(def.traits.accepts);
      const needed = def.traits.labels === "none" ? undefined : (labels ?? conformanceLabels().classes);
      const fitted = fitTransform(transformOf(def, options), given, needed);
      const g = graphBuilder(`${kind} ${at}`);
      try {
        const dictionaries = textDictionaries([fitted]);
        const made = fitted.lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }));
        const outputs = made.filter(
          ({ name, kind: one }) => one !== "text" && fitted.outputs.some((o) => o.name === name),
        );
        if (outputs.length === 0) continue;
        for (const [place, { value }] of outputs.entries()) g.output(`output ${place}`, value);
        graphs.push({ name: `${kind} ${at}`, model: g.build() });
      } catch (error) {
        if (!isTidelineError(error, "RUNTIME_UNSUPPORTED") && !isTidelineError(error, "ARGUMENT_INVALID"))
          throw error;
      }
    }
  }
  return graphs;
}

import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { lowerEnsemble, lowerLink, type BoostedClassifier } from "@tideline/learn/tree";

/** From rows of a table, as `featureMatrix` gives them, to probabilities. */
export function tableGraph(name: string): (model: BoostedClassifier) => OnnxModel {
  return ({ ensemble, link }) => {
    const g = graphBuilder(name);
    const x = g.input("x", "float32", ["N", ensemble.features.length]);
    g.output("probabilities", lowerLink(g, lowerEnsemble(g, x, ensemble), link));
    return g.build();
  };
}

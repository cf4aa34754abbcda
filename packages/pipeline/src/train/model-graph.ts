import { graphBuilder, writeOnnx } from "@tideline/graph";
import {
  lowerLogistic,
  lowerSignals,
  lowerStandardiser,
  type LogisticModel,
  type Standardiser,
} from "@tideline/learn";
import type { ModelDefinition } from "@tideline/spec";

/** Names of a model graph's input and outputs. */
export const GRAPH_INPUT = "window";
export const GRAPH_FEATURES = "features";
export const GRAPH_OUTPUT = "probabilities";

/** A graph as bytes, with the names of its features in order. */
export interface ModelGraph {
  readonly bytes: Uint8Array;
  readonly features: readonly string[];
}

/** The graph from raw windows `[N, size, channels]` to features `[N, F]`: what training runs over the lake. */
export function featureGraph(model: ModelDefinition): ModelGraph {
  const g = graphBuilder(`${model.name}_features`);
  const window = g.input(GRAPH_INPUT, "float32", ["N", model.window.size, model.window.channels.length]);
  const { features, names } = lowerSignals(g, window, model.signals);
  g.output(GRAPH_FEATURES, features);
  return { bytes: writeOnnx(g.build()), features: names };
}

/**
 * The one graph of a release: from raw windows `[N, size, channels]` to probabilities `[N, labels]`. The features on
 * the way are a second output, so that every runtime can be compared on them; the same lowering as in
 * {@link featureGraph} makes them.
 */
export function modelGraph(
  model: ModelDefinition,
  fitted: { readonly scaler: Standardiser; readonly classifier: LogisticModel },
  metadata: Readonly<Record<string, string>>,
): ModelGraph {
  const g = graphBuilder(model.name);
  const window = g.input(GRAPH_INPUT, "float32", ["N", model.window.size, model.window.channels.length]);
  const { features, names } = lowerSignals(g, window, model.signals);
  const scaled = lowerStandardiser(g, features, fitted.scaler);
  g.output(GRAPH_OUTPUT, lowerLogistic(g, scaled, fitted.classifier));
  g.output(GRAPH_FEATURES, features);
  return { bytes: writeOnnx(g.build({ metadata })), features: names };
}

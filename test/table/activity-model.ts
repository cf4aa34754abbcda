import { readOnnx, type OnnxModel } from "@tideline/graph";
import { app } from "@tideline/example-activity";
import { logisticModel, matrix, standardiser } from "@tideline/learn";
import { featureGraph, modelGraph } from "../../packages/pipeline/src/train/model-graph.ts";
import { sourceOf } from "./random.ts";
import { signalRow } from "./random-signal.ts";

/** The activity example's graph with weights made up, and windows to run it on. */
export function activityModel(): {
  readonly bytes: Uint8Array;
  readonly model: OnnxModel;
  readonly labels: readonly string[];
  readonly size: number;
  readonly channels: number;
  readonly rows: readonly Float32Array[];
} {
  const [definition] = app.models;
  const { labels, window } = definition!;
  const source = sourceOf(11);
  const names = featureGraph(definition!).features;
  const scaler = standardiser(
    Float64Array.from(source.normals(names.length)),
    Float64Array.from(names, () => 0.5 + source.uniform()),
  );
  const weights = Float64Array.from(source.normals(names.length * labels.length, 0.3));
  const classifier = logisticModel({
    classes: labels,
    weights: matrix(names.length, labels.length, weights),
    intercepts: Float64Array.from(source.normals(labels.length)),
  });
  const { bytes } = modelGraph(definition!, { scaler, classifier }, {});
  const channels = window.channels.length;
  const rows = Array.from({ length: 200 }, () => signalRow(source, window.size, channels));
  return { bytes, model: readOnnx(bytes), labels, size: window.size, channels, rows };
}

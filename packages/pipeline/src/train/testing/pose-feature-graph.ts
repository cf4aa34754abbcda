import type { OnFinished } from "../../catalog/testing/temporary-folder.ts";
import { pose } from "../../dataset/testing/pose-app.ts";
import type { FeatureGraph } from "../../feature/index.ts";
import { onnxruntimeNode } from "../../runtime/index.ts";
import { featureGraph } from "../model-graph.ts";

/** The feature graph of the pose model, loaded by onnxruntime. */
export async function poseFeatureGraph(onFinished: OnFinished): Promise<FeatureGraph> {
  const { bytes, features } = featureGraph(pose);
  const loaded = await onnxruntimeNode.load(bytes);
  onFinished(() => loaded.release());
  return { bytes, names: features, loaded, runtime: onnxruntimeNode.name };
}

import { graphBuilder, writeOnnx, writeTable, type OnnxModel } from "@tideline/graph";
import { activityModel } from "../../test/table/activity-model.ts";
import { sourceOf } from "../../test/table/random.ts";
import { randomForest } from "../../test/table/random-forest.ts";

/** A model that is timed, as every runtime takes it, with rows to run it on. */
export interface DeviceCase {
  readonly name: string;
  readonly onnx: Uint8Array;
  readonly table: Uint8Array;
  readonly output: string;
  readonly dims: readonly number[];
  readonly rows: readonly Float32Array[];
  /** The trees, where it is nothing but trees. */
  readonly forest?: ReturnType<typeof randomForest>;
}

function caseOf(
  name: string,
  model: OnnxModel,
  rest: Omit<DeviceCase, "name" | "onnx" | "table">,
): DeviceCase {
  const result = writeTable(model.graph, { outputs: [rest.output] });
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return { name, onnx: writeOnnx(model), table: result.bytes, ...rest };
}

/** 300 trees of 31 leaves over 30 features: a boosted model as LightGBM's defaults make it. */
function trees(): DeviceCase {
  const source = sourceOf(300);
  const features = 30;
  const forest = randomForest(source, {
    trees: 300,
    leaves: 31,
    features,
    targets: 1,
    weigh: () => [[0, source.normals(1)[0]!]],
  });
  const g = graphBuilder("trees");
  const margin = g.op("TreeEnsembleRegressor", [g.input("x", "float32", ["N", features])], {
    ...forest.nodes,
    target_treeids: forest.trees,
    target_nodeids: forest.leaves,
    target_ids: forest.targets,
    target_weights: forest.weights,
    n_targets: 1,
  });
  g.output("margin", margin);
  return caseOf("trees", g.build(), {
    output: "margin",
    dims: [1, features],
    rows: Array.from({ length: 64 }, () => source.normals(features)),
    forest,
  });
}

/** The activity example: 168 features of a window of 128 samples and 9 channels, then a logistic regression. */
function activity(): DeviceCase {
  const { model, size, channels, rows } = activityModel();
  return caseOf("activity", model, {
    output: "probabilities",
    dims: [1, size, channels],
    rows: rows.slice(0, 64),
  });
}

/** All cases, by name. */
export const CASES: Readonly<Record<string, () => DeviceCase>> = { trees, activity };

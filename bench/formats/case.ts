import { graphBuilder, writeOnnx, type OnnxModel } from "@tideline/graph";
import { matrix, seededRandom } from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode, type ModelRows } from "@tideline/pipeline";
import { HAR_NET } from "../../examples/nets/har-net.ts";
import { sourceOf } from "../../test/table/random.ts";
import { randomForest } from "../../test/table/random-forest.ts";

/** A model in all formats, with rows to run it on. */
export interface FormatCase {
  readonly name: string;
  readonly model: OnnxModel;
  readonly onnx: Uint8Array;
  readonly rows: ModelRows;
}

/** Rows that are timed in turn; they also tell the ranges of 8 bits. */
const ROWS = 64;

function caseOf(name: string, model: OnnxModel, input: string, values: Float32Array): FormatCase {
  const rows = { count: ROWS, inputs: { [input]: values } };
  return { name, model, onnx: writeOnnx(model), rows };
}

/**
 * The net of examples/nets/har-conv1d.ts, as large and with the same features in front, after one epoch on windows that were
 * made up: bytes and time do not hang on what it knows.
 */
async function conv(): Promise<FormatCase> {
  const random = seededRandom(1);
  const width = 128 * 6;
  const windows = Float32Array.from({ length: ROWS * width }, () => random.normal());
  const fitted = await nets.conv1d({ ...HAR_NET, epochs: 1, batch: 32, seed: 1 }).fit(
    {
      X: matrix(ROWS, width, windows),
      y: Int32Array.from({ length: ROWS }, (_, row) => row % 6),
      classes: ["walking", "up", "down", "sitting", "standing", "lying"],
    },
    { runtime: onnxruntimeNode },
  );
  const model = fitted.graph();
  return caseOf("har-conv1d", model, model.graph.inputs[0]!.name, windows);
}

/** 300 trees of 31 leaves over 30 features, as boosting makes them. */
async function trees(): Promise<FormatCase> {
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
  g.output("score", g.op("Sigmoid", [margin]));
  return caseOf("trees-300", g.build(), "x", source.normals(ROWS * features));
}

/** The cases, by name. */
export const FORMAT_CASES: Readonly<Record<string, () => Promise<FormatCase>>> = {
  "har-conv1d": conv,
  "trees-300": trees,
};

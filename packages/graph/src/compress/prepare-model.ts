import type { OnnxModel } from "../onnx.ts";
import { PASSES } from "../optimise/optimise.ts";
import { swept, type Pass } from "../optimise/pass.ts";
import { fuseNormAhead } from "./fuse-norm-ahead.ts";

/** The passes that a graph goes through first: they leave layers with a weight and a bias each. */
const ORDER: readonly Pass[] = [
  PASSES["remove-dead"],
  PASSES["remove-identity"],
  PASSES["fold-constants"],
  PASSES["fuse-bias"],
  PASSES["fuse-batch-norm"],
  fuseNormAhead,
  PASSES["share-common"],
  PASSES["remove-dead"],
];

/** The model as it is compressed: constants folded, norms and biases taken into the layers beside them. */
export function preparedForCompression(model: OnnxModel): OnnxModel {
  return ORDER.reduce((now, pass) => swept(pass, now).model, model);
}

import type { OnnxModel } from "../onnx.ts";
import { foldAllConstants } from "../optimise/fold-constants.ts";
import { PASSES } from "../optimise/optimise.ts";
import { swept, type Pass } from "../optimise/pass.ts";
import { foldLayerNorms } from "./fold-layer-norm.ts";
import { joinLogarithms } from "./join-logarithm.ts";
import { roundNorms } from "./round-norm.ts";

/** The passes that a graph goes through before it is written: those that leave numbers alone but for a last digit. */
const ORDER: readonly Pass[] = [
  PASSES["remove-dead"],
  PASSES["remove-identity"],
  foldAllConstants,
  PASSES["fuse-bias"],
  PASSES["fuse-batch-norm"],
  PASSES["share-common"],
  joinLogarithms,
  PASSES["remove-dead"],
];

/**
 * The model with constants folded and layers fused, not compared with itself as `optimise` does: the file is. What becomes
 * `whole` numbers has norms that 8 bits hold, or that products take in, too.
 */
export function prepared(model: OnnxModel, whole = false): OnnxModel {
  const order = whole ? [...ORDER, roundNorms, foldLayerNorms, PASSES["remove-dead"]] : ORDER;
  return order.reduce((now, pass) => swept(pass, now).model, model);
}

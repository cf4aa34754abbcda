import type { OnnxModel } from "../onnx.ts";
import { PASSES } from "../optimise/optimise.ts";
import type { Pass } from "../optimise/pass.ts";

/** The passes that a graph goes through before it is written: those that leave numbers alone but for a last digit. */
const ORDER = [
  "remove-dead",
  "remove-identity",
  "fold-constants",
  "fuse-bias",
  "fuse-batch-norm",
  "share-common",
  "remove-dead",
] as const satisfies readonly (keyof typeof PASSES)[];

/** Sweeps of a pass; each makes the graph smaller, so that this is a backstop. */
const MOST_SWEEPS = 1000;

/** The model with constants folded and layers fused, not compared with itself as `optimise` does: the file is. */
export function prepared(model: OnnxModel): OnnxModel {
  return ORDER.reduce((before, name) => {
    const pass: Pass = PASSES[name];
    let now = before;
    for (let count = 0; count < MOST_SWEEPS; count++) {
      const { model: next, rewrites } = pass.rewrite(now);
      if (rewrites === 0) break;
      now = next;
    }
    return now;
  }, model);
}

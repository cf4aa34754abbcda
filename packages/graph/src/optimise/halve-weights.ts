import { ELEMENT_TYPES } from "../element-type.ts";
import { keepsHalf } from "../half-range.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx.ts";
import { viewOf } from "./graph-view.ts";
import { edited, type Pass, type Rewritten } from "./pass.ts";

/** Tensors with fewer elements stay: what they would save is less than the node that widens them costs. */
const LEAST_ELEMENTS = 256;

/**
 * Stores large float32 constants as float16 and widens them where they are read, which halves a file and leaves the
 * arithmetic in float32. Each weight moves by at most 2^-11 of itself (or 2^-25 where it is subnormal); tensors beyond
 * float16's range stay as they are, and so do those with a channel below it ({@link keepsHalf}) and what a BatchNormalization subtracts
 * and divides by: they are few, and variances near 0 lose the most.
 */
export const halveWeights: Pass = {
  bound: 5e-3,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const changed = new Map<string, OnnxTensor>();
    const widened: OnnxNode[] = [];
    const names = new Map<string, string>();
    // Before IR version 4 an initialiser is listed as an input as well; what is widened can no longer be one.
    const listed = new Set(view.graph.inputs.map(({ name }) => name));
    for (const { name, elementType, dims, values } of view.constants.values()) {
      if (listed.has(name)) continue;
      const readers = view.readersOf.get(name);
      if (elementType !== "float32" || values.length < LEAST_ELEMENTS || readers === undefined) continue;
      if ([...readers].every(({ op }) => op === "BatchNormalization")) continue;
      if (!keepsHalf({ values: values as Float32Array, dims })) continue;
      const half = view.fresh(`${name}_float16`);
      names.set(name, half);
      changed.set(name, {
        name: half,
        elementType: "float16",
        dims,
        values: Float16Array.from(values as Float32Array),
      });
      widened.push({
        name: view.fresh(`widen_${name}`),
        op: "Cast",
        domain: "",
        inputs: [half],
        outputs: [name],
        attributes: { to: { type: "int", value: ELEMENT_TYPES.float32.code } },
      });
    }
    const rewritten = edited(model, { changed }, changed.size);
    if (changed.size === 0) return rewritten;
    const { graph } = rewritten.model;
    const nodes = Object.freeze([...widened.map((node) => Object.freeze(node)), ...graph.nodes]);
    return {
      ...rewritten,
      model: Object.freeze({ ...rewritten.model, graph: Object.freeze({ ...graph, nodes }) }),
    };
  },
};

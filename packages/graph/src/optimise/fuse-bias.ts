import type { OnnxModel, OnnxNode } from "../onnx.ts";
import { viewOf } from "./graph-view.ts";
import { edited, type Pass, type Rewritten } from "./pass.ts";

/** Makes one Gemm of a product of two matrices and the addition of a constant row to its result. */
export const fuseBias: Pass = {
  bound: 1e-6,
  rewrite(model: OnnxModel): Rewritten {
    const view = viewOf(model);
    const nodes = new Map<OnnxNode, readonly OnnxNode[]>();
    for (const add of view.graph.nodes) {
      if (add.op !== "Add" || add.domain !== "") continue;
      for (const side of [0, 1] as const) {
        const product = add.inputs[side]!;
        const maker = view.makerOf.get(product);
        const row = view.constants.get(add.inputs[1 - side]!);
        const type = view.types.get(product)!;
        if (maker?.op !== "MatMul" || maker.domain !== "" || !view.passesTo(product, add)) continue;
        if (type.dims.length !== 2 || maker.inputs.some((name) => view.types.get(name)!.dims.length !== 2))
          continue;
        const fits =
          row?.dims.length === 1 && row.dims[0] === type.dims[1] && row.elementType === type.elementType;
        if (!fits || type.elementType !== "float32") continue;
        nodes.set(maker, []);
        nodes.set(add, [{ ...maker, op: "Gemm", inputs: [...maker.inputs, row.name], outputs: add.outputs }]);
        break;
      }
    }
    return edited(model, { nodes }, nodes.size / 2);
  },
};

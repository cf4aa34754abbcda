import { formatDims, type Dim } from "../onnx.ts";
import { productOf, quotientOf } from "../shape.ts";
import { sameElements } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { constantOf, sharedType } from "./rule.ts";

/** The same elements in another shape: 0 keeps an axis (unless `allowzero`), one -1 takes what is left. */
export const Reshape = defineOp({
  since: 5,
  sinceFor: ({ attributes }) => (attributes.allowzero === 0 ? 5 : 14),
  inputs: ["data", "shape"],
  attributes: { allowzero: { type: "int", default: 0 } },
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const { dims } = call.inputs[0]!;
    const shape = constantOf(call, 1, "shape")!;
    const fail = () =>
      illegal(call.who, "shape", `one that holds the elements of ${formatDims(dims)}`, formatDims(shape));
    const wanted = shape.map((dim, axis): Dim => {
      if (dim !== 0 || call.attributes.allowzero !== 0) return dim;
      if (dims[axis] === undefined) throw fail();
      return dims[axis];
    });
    const open = wanted.indexOf(-1);
    const named = wanted.filter((dim) => dim !== -1);
    const rest = quotientOf(productOf(dims), productOf(named));
    const legal = open === -1 ? productOf(dims) === productOf(named) : rest !== undefined;
    if (!legal || wanted.length - named.length > 1 || shape.some((dim) => dim < -1)) throw fail();
    return [{ elementType, dims: open === -1 ? wanted : wanted.with(open, rest!) }];
  },
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
  gradient: (call) => sameElements(call),
});

import { formatDims } from "../onnx.ts";
import { productOf, quotientOf } from "../shape.ts";
import { sameElements } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { lengthsOf, sharedType } from "./rule.ts";

/** The same elements in another shape: 0 keeps an axis (unless `allowzero`), one -1 takes what is left. */
export const Reshape = defineOp({
  since: 5,
  sinceFor: ({ attributes }) => (attributes.allowzero === 0 ? 5 : 14),
  inputs: ["data", "shape"],
  attributes: { allowzero: { type: "int", default: 0 } },
  infer(call) {
    const elementType = sharedType(call, "any type", call.inputs.slice(0, 1));
    const { dims } = call.inputs[0]!;
    const shape = lengthsOf(call, 1, "shape", true);
    const fail = () =>
      illegal(call.who, "shape", `one that holds the elements of ${formatDims(dims)}`, formatDims(shape));
    const wanted = shape.map((dim, axis) => {
      if (dim !== 0 || call.attributes.allowzero !== 0) return dim;
      if (dims[axis] === undefined) throw fail();
      return dims[axis];
    });
    // One length that is not known is found as -1 is; the graph would fail if it were another.
    const open = wanted.findIndex((dim) => dim === -1 || dim === "");
    const named = wanted.filter((_, axis) => axis !== open);
    const rest = quotientOf(productOf(dims), productOf(named));
    const legal = open === -1 ? productOf(dims) === productOf(named) : rest !== undefined;
    if (!legal || named.some((dim) => dim === "" || (typeof dim === "number" && dim < 0))) throw fail();
    return [{ elementType, dims: open === -1 ? wanted : wanted.with(open, rest!) }];
  },
  evaluate: ({ inputs }) => [inputs[0]!.values.slice()],
  gradient: (call) => sameElements(call),
});

import { ELEMENT_TYPES } from "../element-type.ts";
import { toTheChosenOnes } from "./reduction-gradient.ts";
import { reduction } from "./reduction.ts";
import { rangeOf } from "./stored.ts";

/**
 * The largest value over some axes, of none the lowest of the type. Equal ones share the gradient, as in PyTorch's `amax`.
 * NaN wins; kernels of ONNX Runtime pass over it unless it comes first.
 */
export const ReduceMax = reduction(
  (values, elementType) => values.reduce((a, b) => Math.max(a, b), rangeOf(elementType).lowest),
  {
    since: 18,
    sinceFor: ({ inputs: [x] }) => (ELEMENT_TYPES[x!.elementType].kind === "bool" ? 20 : 18),
    family: "a numeric type or bool",
    gradient: toTheChosenOnes,
  },
);

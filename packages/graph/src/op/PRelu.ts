import { formatDims } from "../onnx.ts";
import { broadcastInputs, zipped } from "./elementwise.ts";
import { scalarLike, sumTo } from "./gradient.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** The input, times `slope` where it is less than 0; `slope` broadcasts to it. Its gradient at 0 is `slope`, as in PyTorch. */
export const PRelu = defineOp({
  since: 7,
  inputs: ["X", "slope"],
  attributes: {},
  infer(call) {
    const elementType = sharedType(call, "a numeric type");
    const [x, slope] = call.inputs;
    const dims = broadcastInputs(call);
    if (formatDims(dims) !== formatDims(x!.dims))
      throw illegal(
        call.who,
        "slope",
        `a shape that broadcasts to ${formatDims(x!.dims)}`,
        formatDims(slope!.dims),
      );
    return [{ elementType, dims }];
  },
  evaluate: (call) => [zipped(call, (x, slope) => (x! < 0 ? x! * slope! : x!))],
  gradient({ g, inputs: [x, slope], gradients: [dy], wanted }) {
    const zero = scalarLike(g, x!, 0);
    return [
      wanted[0] ? g.op("Where", [g.op("Greater", [x, zero]), dy, g.op("Mul", [dy, slope])]) : undefined,
      wanted[1] ? sumTo(g, g.op("Mul", [dy, g.op("Min", [x, zero])]), slope!) : undefined,
    ];
  },
});

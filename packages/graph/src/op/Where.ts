import { broadcastInputs, zipped } from "./elementwise.ts";
import { scalarLike, sumTo } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** `X` where the condition holds, else `Y`, under broadcasting. */
export const Where = defineOp({
  since: 9,
  inputs: ["condition", "X", "Y"],
  attributes: {},
  infer(call) {
    if (call.inputs[0]!.elementType !== "bool")
      throw illegal(call.who, "condition", "bool", formatInputs(call.inputs.slice(0, 1)));
    return [{ elementType: sharedType(call, "any type", call.inputs.slice(1)), dims: broadcastInputs(call) }];
  },
  evaluate: (call) => [zipped(call, (condition, x, y) => (condition !== 0 ? x! : y!))],
  gradient({ g, inputs: [condition, x, y], gradients: [dy], wanted }) {
    const none = scalarLike(g, dy!, 0);
    return [
      undefined,
      wanted[1] ? sumTo(g, g.op("Where", [condition, dy, none]), x!) : undefined,
      wanted[2] ? sumTo(g, g.op("Where", [condition, none, dy]), y!) : undefined,
    ];
  },
});

import { defineOp } from "./op-definition.ts";
import { Softmax } from "./Softmax.ts";

/** The logarithm of Softmax along an axis. */
export const LogSoftmax = defineOp({
  ...Softmax,
  evaluate: (call) => Softmax.evaluate(call).map((values) => values.map(Math.log)),
});

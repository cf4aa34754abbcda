import type { Value } from "../value.ts";
import { CLASS_LOSS_RULES, classLoss, classLossSlope, classLossType, noLoss } from "./class-loss.ts";
import { LogSoftmax } from "./LogSoftmax.ts";
import { defineOp, type Tensor } from "./op-definition.ts";

/**
 * `NegativeLogLikelihoodLoss` of the logarithms of the softmax of scores `[N, C, ...]` over their classes, which are the
 * second output.
 */
export const SoftmaxCrossEntropyLoss = defineOp({
  since: 12,
  inputs: ["scores", "labels", "weights"],
  optional: 1,
  attributes: CLASS_LOSS_RULES,
  infer(call) {
    const loss = classLossType(call);
    return [loss, { elementType: loss.elementType, dims: call.inputs[0]!.dims }];
  },
  evaluate(call) {
    const scores = call.inputs[0]!;
    const [values] = LogSoftmax.evaluate({ inputs: [scores], attributes: { axis: 1 }, outputs: [scores] });
    const logs: Tensor = { ...scores, values: values! };
    return [classLoss(logs, call), logs.values];
  },
  gradient(call) {
    const { g, outputs, gradients, wanted } = call;
    const [loss, logs] = outputs as readonly [Value, Value];
    const { onLogs, onWeight } = classLossSlope(call, logs, loss, gradients[0] ?? noLoss(g, loss));
    const d = gradients[1] === undefined ? onLogs : g.op("Add", [onLogs, gradients[1]]);
    const dScores = (): Value => {
      const total = g.op("ReduceSum", [d, g.ints([1])], { keepdims: 1 });
      return g.op("Sub", [d, g.op("Mul", [g.op("Exp", [logs]), total])]);
    };
    return [wanted[0] ? dScores() : undefined, undefined, onWeight];
  },
});

import { defineOp, type OpCall } from "./op-definition.ts";
import {
  activationsOf,
  RECURRENT_RULES,
  recurrenceOf,
  recurrentOutputs,
  runRecurrence,
} from "./recurrence.ts";
import { rnnGradient } from "./rnn-gradient.ts";

/** The plain recurrence `h' = f(x W' + Wb + h R' + Rb)` over `X[T, B, I]`: every state `Y[T, D, B, H]`, and the last. */
export const RNN = defineOp({
  since: 7,
  sinceFor: ({ attributes }) => (attributes.layout === 0 ? 7 : 14),
  inputs: ["X", "W", "R", "B", "sequence_lens", "initial_h"],
  optional: 3,
  attributes: RECURRENT_RULES,
  infer(call) {
    const recurrence = recurrenceOf(call.who, call.inputs, call.attributes, 1, [5]);
    activationsOf(call.who, call.attributes, ["Tanh"], recurrence.directions);
    return recurrentOutputs(call as OpCall, recurrence, call.attributes.layout, 1);
  },
  evaluate({ inputs, attributes }) {
    const { directions } = recurrenceOf("RNN", inputs, attributes, 1, [5]);
    const functions = activationsOf("RNN", attributes, ["Tanh"], directions);
    return runRecurrence(inputs, attributes, 1, [5], ({ direction, states, input, recurrent, clip }) => [
      states[0]!.map((_, unit) => functions[direction]![0]!(clip(input(0, unit) + recurrent(0, unit)))),
    ]);
  },
  gradient: rnnGradient,
});

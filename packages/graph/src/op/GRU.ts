import { GRU_RULES, gruGradient } from "./gru-gradient.ts";
import { defineOp, type OpCall } from "./op-definition.ts";
import { activationsOf, recurrenceOf, recurrentOutputs, runRecurrence } from "./recurrence.ts";

const ACTIVATIONS = ["Sigmoid", "Tanh"];

/**
 * Gated recurrent units over `X[T, B, I]` (K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder",
 * 2014), gates in the order z, r, h: `Y[T, D, B, H]` is every state, `Y_h[D, B, H]` the last. With `linear_before_reset` 1
 * the reset gate is applied behind the product, as in PyTorch and cuDNN.
 */
export const GRU = defineOp({
  since: 7,
  sinceFor: ({ attributes }) => (attributes.layout === 0 ? 7 : 14),
  inputs: ["X", "W", "R", "B", "sequence_lens", "initial_h"],
  optional: 3,
  attributes: GRU_RULES,
  infer(call) {
    const recurrence = recurrenceOf(call.who, call.inputs, call.attributes, 3, [5]);
    activationsOf(call.who, call.attributes, ACTIVATIONS, recurrence.directions);
    return recurrentOutputs(call as OpCall, recurrence, call.attributes.layout, 1);
  },
  evaluate({ inputs, attributes }) {
    const { hidden, directions } = recurrenceOf("GRU", inputs, attributes, 3, [5]);
    const functions = activationsOf("GRU", attributes, ACTIVATIONS, directions);
    return runRecurrence(inputs, attributes, 3, [5], ({ direction, states, input, recurrent, clip }) => {
      const [f, g] = functions[direction] as [(x: number) => number, (x: number) => number];
      const h = states[0]!;
      const gate = (at: number): Float64Array =>
        h.map((_, unit) => f(clip(input(at, unit) + recurrent(at, unit))));
      const [z, r] = [gate(0), gate(1)];
      const reset = h.map((value, unit) => value * r[unit]!);
      const after = new Float64Array(hidden);
      for (let unit = 0; unit < hidden; unit++) {
        const drive =
          attributes.linear_before_reset === 0 ? recurrent(2, unit, reset) : r[unit]! * recurrent(2, unit);
        const fresh = g(clip(input(2, unit) + drive));
        after[unit] = (1 - z[unit]!) * fresh + z[unit]! * h[unit]!;
      }
      return [after];
    });
  },
  gradient: gruGradient,
});

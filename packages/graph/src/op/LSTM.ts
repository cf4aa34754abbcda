import { LSTM_RULES, lstmGradient } from "./lstm-gradient.ts";
import { defineOp, formatInputs, illegal, type OpCall } from "./op-definition.ts";
import { activationsOf, recurrenceOf, recurrentOutputs, runRecurrence } from "./recurrence.ts";

const ACTIVATIONS = ["Sigmoid", "Tanh", "Tanh"];

/**
 * Long short-term memory over `X[T, B, I]` (S. Hochreiter, J. Schmidhuber, Neural Computation 9(8), 1997), gates in the
 * order i, o, f, c, with peepholes `P[D, 3 H]` for i, o and f where given: every hidden state `Y[T, D, B, H]`, the last one,
 * and the last cell. With `input_forget` 1 the forget gate is what the input gate leaves.
 */
export const LSTM = defineOp({
  since: 7,
  sinceFor: ({ attributes }) => (attributes.layout === 0 ? 7 : 14),
  inputs: ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"],
  optional: 5,
  attributes: LSTM_RULES,
  infer(call) {
    const recurrence = recurrenceOf(call.who, call.inputs, call.attributes, 4, [5, 6]);
    const { directions, hidden } = recurrence;
    const peepholes = call.inputs[7];
    if (peepholes !== undefined && peepholes.dims.join() !== [directions, 3 * hidden].join())
      throw illegal(call.who, "P", `[${directions}, ${3 * hidden}]`, formatInputs([peepholes]));
    activationsOf(call.who, call.attributes, ACTIVATIONS, directions);
    return recurrentOutputs(call as OpCall, recurrence, call.attributes.layout, 2);
  },
  evaluate({ inputs, attributes }) {
    const { hidden, directions } = recurrenceOf("LSTM", inputs, attributes, 4, [5, 6]);
    const functions = activationsOf("LSTM", attributes, ACTIVATIONS, directions);
    return runRecurrence(inputs, attributes, 4, [5, 6], ({ direction, states, input, recurrent, clip }) => {
      const [f, g, h] = functions[direction] as [typeof clip, typeof clip, typeof clip];
      const cell = states[1]!;
      const peep = (gate: number, unit: number): number =>
        inputs[7]?.values[(direction * 3 + gate) * hidden + unit] ?? 0;
      const drive = (gate: number, unit: number): number => input(gate, unit) + recurrent(gate, unit);
      const [hiddens, cells] = [new Float64Array(hidden), new Float64Array(hidden)];
      for (let unit = 0; unit < hidden; unit++) {
        const i = f(clip(drive(0, unit) + peep(0, unit) * cell[unit]!));
        const forget =
          attributes.input_forget === 0 ? f(clip(drive(2, unit) + peep(2, unit) * cell[unit]!)) : 1 - i;
        cells[unit] = forget * cell[unit]! + i * g(clip(drive(3, unit)));
        const o = f(clip(drive(1, unit) + peep(1, unit) * cells[unit]!));
        hiddens[unit] = o * h(cells[unit]!);
      }
      return [hiddens, cells];
    });
  },
  gradient: lstmGradient,
});

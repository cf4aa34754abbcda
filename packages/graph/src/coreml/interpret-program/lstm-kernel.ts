import { numbersAt, optionalAt, tensorAt, textAt, truthAt, type Given } from "./arguments.ts";
import { broken, roundTo, tensor, type ProgramTensor } from "./tensor.ts";

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  relu: (x) => (x < 0 ? 0 : x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
};

function functionAt(given: Given, name: string): (x: number) => number {
  const found = FUNCTIONS[textAt(given, name)];
  if (found === undefined) throw broken(name, Object.keys(FUNCTIONS).join(", "), textAt(given, name));
  return found;
}

/** `lstm`: gates lie as input, forget, output, cell; the second direction's weights have names of their own. */
export function lstm(given: Given): readonly ProgramTensor[] {
  const x = tensorAt(given, "x");
  if (x.type !== "fp32") throw broken("lstm", "fp32, the only type before iOS 17", x.type);
  const [steps, rows, inputs] = x.dims as readonly [number, number, number];
  const way = textAt(given, "direction");
  const ways = way === "bidirectional" ? 2 : 1;
  const hidden = tensorAt(given, "weight_hh").dims[1]!;
  const [gate, cellGate, end] = ["recurrent_activation", "cell_activation", "activation"].map((name) =>
    functionAt(given, name),
  ) as [(x: number) => number, (x: number) => number, (x: number) => number];
  const round = roundTo(x.type);
  const width = ways * hidden;
  const all = new Float64Array(steps * rows * width);
  const [h, c] = ["initial_h", "initial_c"].map((name) => {
    const state = tensorAt(given, name);
    if (state.dims.join() !== [rows, width].join())
      throw broken(name, `[${rows}, ${width}]`, `[${state.dims.join()}]`);
    return state.values.slice();
  }) as [Float64Array, Float64Array];
  for (let direction = 0; direction < ways; direction++) {
    const suffix = direction === 0 ? "" : "_back";
    const input = tensorAt(given, `weight_ih${suffix}`);
    const back = numbersAt(given, `weight_hh${suffix}`);
    const bias = optionalAt(given, `bias${suffix}`);
    if (input.dims.join() !== [4 * hidden, inputs].join())
      throw broken("weight_ih", `[${4 * hidden}, ${inputs}]`, `[${input.dims.join()}]`);
    const backwards = direction === 1 || way === "reverse";
    for (let count = 0; count < steps; count++) {
      const time = backwards ? steps - 1 - count : count;
      for (let row = 0; row < rows; row++) {
        const own = row * width + direction * hidden;
        const before = h.slice(own, own + hidden);
        const sums = Array.from({ length: 4 * hidden }, (_, unit) => {
          let total = bias?.values[unit] ?? 0;
          for (let at = 0; at < inputs; at++)
            total += input.values[unit * inputs + at]! * x.values[(time * rows + row) * inputs + at]!;
          for (let at = 0; at < hidden; at++) total += back[unit * hidden + at]! * before[at]!;
          return total;
        });
        for (let unit = 0; unit < hidden; unit++) {
          const [i, f, o, z] = [0, 1, 2, 3].map((at) => sums[at * hidden + unit]!) as [
            number,
            number,
            number,
            number,
          ];
          const cell = round(gate(f) * c[own + unit]! + gate(i) * cellGate(z));
          c[own + unit] = cell;
          h[own + unit] = round(gate(o) * end(cell));
          all[(time * rows + row) * width + direction * hidden + unit] = h[own + unit]!;
        }
      }
    }
  }
  if (!truthAt(given, "output_sequence")) throw broken("output_sequence", "true", "false");
  return [
    tensor(x.type, [steps, rows, width], all),
    { type: x.type, dims: [rows, width], values: h },
    { type: x.type, dims: [rows, width], values: c },
  ];
}

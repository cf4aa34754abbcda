import { gateFunctions, openAt, rows } from "../../../unrolled-recurrence.ts";
import type { MilEmitter } from "../emitter.ts";
import { numberOf, ONE_BATCH, plain, type MilCall, type MilValue, type Refusal } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { concat, gather, ints, reshape, scalar, transpose, truth, unary } from "../primitive.ts";

/** MIL stacks its gates as input, forget, output, cell; ONNX as input, output, forget, cell. */
const GATES = [0, 2, 1, 3];

/** Blocks of a constant, one for each gate, in MIL's order. */
function gated(constant: ArrayLike<number>, from: number, size: number): Float64Array {
  const values = new Float64Array(4 * size);
  for (const [to, gate] of GATES.entries()) values.set(rows(constant, from + gate * size, size), to * size);
  return values;
}

/** Weights of a direction, by MIL's names. */
function weights(call: MilCall, at: number, suffix: string): Readonly<Record<string, MilTensor>> {
  const { e, inputs } = call;
  const [, w, r, b] = inputs as readonly [MilValue, MilValue, MilValue, MilValue | undefined];
  const hidden = r.dims[2]!;
  const width = w.dims[2]!;
  const bias = new Float64Array(4 * hidden);
  if (b !== undefined)
    for (const half of [0, 1]) {
      const part = gated(b.constant!, (2 * at + half) * 4 * hidden, hidden);
      for (const [unit, value] of part.entries()) bias[unit]! += value;
    }
  return {
    [`weight_ih${suffix}`]: e.constant("fp32", gated(w.constant!, at * 4 * hidden * width, hidden * width), [
      4 * hidden,
      width,
    ]),
    [`weight_hh${suffix}`]: e.constant(
      "fp32",
      gated(r.constant!, at * 4 * hidden * hidden, hidden * hidden),
      [4 * hidden, hidden],
    ),
    [`bias${suffix}`]: e.constant("fp32", bias, [4 * hidden]),
  };
}

/** Zeros for each row of the batch. */
function zeros(e: MilEmitter, x: MilTensor, width: number): MilTensor {
  const rowCount = x.dims[1]!;
  if (!x.open[1]) return e.constant("fp32", new Float64Array(rowCount * width), [rowCount, width]);
  const lengths = e.emit("shape", { x }, { type: "int32", dims: [x.dims.length], open: [false] });
  const count = gather(e, lengths, ints(e, [1]), 0);
  const shape = concat(e, [count, ints(e, [width])], 0);
  const value = scalar(e, "fp32", 0);
  return e.emit("fill", { shape, value }, { type: "fp32", dims: [rowCount, width], open: [true, false] });
}

/** A state `[directions, rows, hidden]` (rows first in the other layout) as MIL has it: `[rows, directions * hidden]`. */
function stateOf(call: MilCall, at: number, x: MilTensor, width: number, layout: number): MilTensor {
  const { e, inputs } = call;
  if (inputs[at] === undefined) return zeros(e, x, width);
  const rowsFirst = layout === 0 ? transpose(e, plain(call, at), [1, 0, 2]) : plain(call, at);
  return reshape(e, rowsFirst, [rowsFirst.dims[0]!, width], openAt(rowsFirst.open));
}

/** An LSTM as one operator; undefined where rows end early or the directions use different functions. */
export function lstmLayer(call: MilCall): readonly MilTensor[] | Refusal | undefined {
  const { e, inputs, attributes, outputs } = call;
  if (inputs[4] !== undefined) return undefined;
  const directions = inputs[1]!.dims[0]!;
  const hidden = inputs[2]!.dims[2]!;
  const names = gateFunctions(call) ?? ["sigmoid", "tanh", "tanh"];
  if (directions === 2 && names.length === 6 && names.slice(0, 3).join() !== names.slice(3).join())
    return undefined;
  const layout = numberOf(call, "layout");
  const given = plain(call, 0);
  const inTime = layout === 0 ? given : transpose(e, given, [1, 0, 2]);
  // Backwards alone is forwards through what is turned around: nothing hangs on which way an operator gives its steps back.
  const backward = attributes["direction"] === "reverse";
  const turned = (x: MilTensor): MilTensor => (backward ? unary(e, "reverse", x, { axes: ints(e, [0]) }) : x);
  const x = turned(inTime);
  const width = directions * hidden;
  const [rowCount, open, anyLength] = [x.dims[1]!, x.open[1]!, x.open[0]!];
  if (open && anyLength) return ONE_BATCH;
  const state = { type: "fp32" as const, dims: [rowCount, width], open: [open, false] };
  const [all, h, c] = e.apply(
    "lstm",
    {
      x,
      initial_h: stateOf(call, 5, x, width, layout),
      initial_c: stateOf(call, 6, x, width, layout),
      ...weights(call, 0, ""),
      ...(directions === 2 ? weights(call, 1, "_back") : {}),
      direction: directions === 2 ? "bidirectional" : "forward",
      output_sequence: truth(e, true),
      recurrent_activation: names[0],
      cell_activation: names[1],
      activation: names[2],
    },
    [{ ...state, dims: [x.dims[0]!, rowCount, width], open: [anyLength, open, false] }, state, state],
  ) as readonly [MilTensor, MilTensor, MilTensor];
  const wide = reshape(e, turned(all), [x.dims[0]!, rowCount, directions, hidden], openAt(all.open));
  const ends = [h, c].map((one) => {
    const rowsFirst = reshape(e, one, [rowCount, directions, hidden], open ? 0 : undefined);
    return layout === 0 ? transpose(e, rowsFirst, [1, 0, 2]) : rowsFirst;
  });
  return [transpose(e, wide, layout === 0 ? [0, 2, 1, 3] : [1, 0, 2, 3]), ...ends].slice(0, outputs.length);
}

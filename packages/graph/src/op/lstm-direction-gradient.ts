import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import { lstmGates } from "./lstm-gate.ts";
import {
  gateGradients,
  statesBefore,
  type RecurrentDirection,
  type RecurrentDirectionGradient,
} from "./recurrent-direction.ts";

/** One direction of an LSTM, its axis of directions gone. */
export interface LstmDirection extends RecurrentDirection {
  /** The first cell, `[B, H]`; zeros where it is left out. */
  readonly initialCell: Value | undefined;
  /** `[3 H]`, for the gates i, o and f. */
  readonly peepholes: Value | undefined;
  /** The gradient of the last cell, `[B, H]`. */
  readonly dCell: Value | undefined;
  /** Whether the forget gate is what the input gate leaves. */
  readonly tied: boolean;
  readonly wanted: {
    readonly x: boolean;
    readonly b: boolean;
    readonly initial: boolean;
    readonly cell: boolean;
    readonly peepholes: boolean;
  };
}

/** The gradients of one direction. */
export interface LstmDirectionGradient extends RecurrentDirectionGradient {
  readonly cell: Value | undefined;
  readonly peepholes: Value | undefined;
}

/**
 * Back through time as in `gruDirectionGradient`: the gates of all steps are computed again, and so are the factors by
 * which the gradients of a state and a cell reach each gate. A step is left with products with those factors, one with `r`,
 * and sums.
 */
export function lstmDirectionGradient(g: GraphEmitter, d: LstmDirection): LstmDirectionGradient {
  const [steps, rows, hidden] = dimsOf(d.y) as [number, number, number];
  const all = steps * rows;
  const one = scalarLike(g, d.y, 1);
  const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
  const add = (a: Value, b: Value): Value => g.op("Add", [a, b]);
  const less = (a: Value, b: Value): Value => g.op("Sub", [a, b]);
  const joined = (values: readonly Value[], axis: number): Value =>
    values.length === 1 ? values[0]! : g.op("Concat", values, { axis });
  const perStep = (value: Value): readonly Value[] => {
    const lengths = Array.from({ length: steps }, () => rows);
    return steps === 1 ? [value] : g.ops("Split", [value, g.ints(lengths)], { axis: 0 });
  };
  const order = Array.from({ length: steps }, (_, count) => (d.reverse ? count : steps - 1 - count));
  const before = statesBefore(g, d);
  const mask = d.mask && reshaped(g, d.mask, [all, 1]);
  const { input, output, forget, fresh, cell, cellBefore, peepholes } = lstmGates(g, d, before, mask);

  // By what the gradient of a cell, or of a state, is multiplied to become that of each gate, before its function.
  const masked = (value: Value): Value => (mask ? mul(value, mask) : value);
  const bent = g.op("Tanh", [cell]);
  const toOutput = masked(mul(bent, mul(output, less(one, output))));
  const onInput = d.tied ? less(fresh, cellBefore) : fresh;
  const toInput = masked(mul(onInput, mul(input, less(one, input))));
  const toFresh = masked(mul(input, less(one, mul(fresh, fresh))));
  const toForget = d.tied
    ? mul(toInput, scalarLike(g, d.y, 0))
    : masked(mul(cellBefore, mul(forget, less(one, forget))));
  let toCell = masked(mul(output, less(one, mul(bent, bent))));
  // A masked step passes both gradients on as they are.
  const open = mask && less(one, mask);
  let passing = open ? add(masked(forget), open) : forget;
  if (peepholes) {
    toCell = add(toCell, mul(toOutput, peepholes.output));
    passing = add(passing, mul(toInput, peepholes.input));
    if (!d.tied) passing = add(passing, mul(toForget, peepholes.forget));
  }

  // The cell's three gates lie side by side here; the output's comes last.
  const threes = perStep(reshaped(g, joined([toInput, toForget, toFresh], 1), [all, 3, hidden]));
  const [toOutputs, toCells, passes] = [perStep(toOutput), perStep(toCell), perStep(passing)];
  const opens = open && perStep(open);
  const dys = d.dy && perStep(masked(reshaped(g, d.dy, [all, hidden])));
  const gates = (value: Value, axis: number, from: readonly number[]): Value => {
    const parts = g.ops("Split", [value, g.ints([hidden, hidden, hidden, hidden])], { axis });
    return joined(
      from.map((at) => parts[at]!),
      axis,
    );
  };
  const r = gates(d.r, 0, [0, 2, 3, 1]);
  const zeros = (): Value => g.op("Expand", [scalarLike(g, d.y, 0), g.ints([rows, hidden])]);
  let onState = d.dLast ?? (d.dy ? undefined : zeros());
  let onCell = d.dCell;
  const found: Value[] = [];
  for (const t of order) {
    const here = dys?.[t];
    const dh: Value = onState && here ? add(onState, here) : (onState ?? here)!;
    const through = mul(dh, toCells[t]!);
    const dc = onCell ? add(onCell, through) : through;
    const three = reshaped(g, mul(threes[t]!, reshaped(g, dc, [rows, 1, hidden])), [rows, 3 * hidden]);
    found[t] = joined([three, mul(dh, toOutputs[t]!)], 1);
    onState = g.op("Gemm", [found[t], r, opens && mul(dh, opens[t]!)]);
    onCell = mul(dc, passes[t]!);
  }
  const onGates = gates(joined(found, 0), 1, [0, 3, 1, 2]);
  const onPeepholes = (): Value => {
    const [i, o, f] = g.ops("Split", [onGates, g.ints([hidden, hidden, hidden, hidden])], { axis: 1 });
    const sums = [mul(i!, cellBefore), mul(o!, cell), mul(f!, cellBefore)].map((value) =>
      g.op("ReduceSum", [value, g.ints([0])], { keepdims: 0 }),
    );
    return joined(sums, 0);
  };
  return {
    ...gateGradients(g, d, onGates, before, d.wanted),
    initial: d.wanted.initial ? onState : undefined,
    cell: d.wanted.cell ? onCell : undefined,
    peepholes: d.peepholes && d.wanted.peepholes ? onPeepholes() : undefined,
  };
}

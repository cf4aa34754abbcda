import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { LstmDirection } from "./lstm-direction-gradient.ts";

/** What an LSTM computed on its way, `[T B, H]` each. */
export interface LstmGates {
  readonly input: Value;
  readonly output: Value;
  readonly forget: Value;
  /** What the input gate lets in. */
  readonly fresh: Value;
  readonly cell: Value;
  readonly cellBefore: Value;
  /** The peepholes apart, where there are any. */
  readonly peepholes: { readonly input: Value; readonly output: Value; readonly forget: Value } | undefined;
}

/**
 * The gates and cells of all steps again, which the operator does not give out. The states are known, so that one product
 * drives all gates; only the cells follow one another, and with peepholes the gates that look at them.
 */
export function lstmGates(
  g: GraphEmitter,
  d: Pick<LstmDirection, "x" | "y" | "w" | "r" | "b" | "initialCell" | "peepholes" | "tied" | "reverse">,
  before: Value,
  mask: Value | undefined,
): LstmGates {
  const [steps, rows, hidden] = dimsOf(d.y) as [number, number, number];
  const one = scalarLike(g, d.y, 1);
  const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
  const add = (a: Value, b: Value): Value => g.op("Add", [a, b]);
  const less = (a: Value, b: Value): Value => g.op("Sub", [a, b]);
  const split = (value: Value, lengths: readonly number[], axis: number): readonly Value[] =>
    lengths.length === 1 ? [value] : g.ops("Split", [value, g.ints(lengths)], { axis });
  const rowsEach = Array.from({ length: steps }, () => rows);
  const perStep = (value: Value): readonly Value[] => split(value, rowsEach, 0);
  const joined = (values: readonly Value[]): Value =>
    values.length === 1 ? values[0]! : g.op("Concat", values, { axis: 0 });
  const [ofInput, ofState] = d.b ? split(d.b, [4 * hidden, 4 * hidden], 0) : [];
  const x = reshaped(g, d.x, [steps * rows, dimsOf(d.x)[2]!]);
  const given = g.op("Gemm", [x, d.w, ofInput && add(ofInput, ofState!)], { transB: 1 });
  const drives = g.op("Gemm", [before, d.r, given], { transB: 1 });
  const [driveI, driveO, driveF, driveC] = split(drives, [hidden, hidden, hidden, hidden], 1) as readonly [
    Value,
    Value,
    Value,
    Value,
  ];
  const fresh = g.op("Tanh", [driveC]);
  const parts = d.peepholes && split(d.peepholes, [hidden, hidden, hidden], 0);
  const peepholes = parts && { input: parts[0]!, output: parts[1]!, forget: parts[2]! };
  const order = Array.from({ length: steps }, (_, count) => (d.reverse ? steps - 1 - count : count));
  let now = d.initialCell ?? g.op("Expand", [scalarLike(g, d.y, 0), g.ints([rows, hidden])]);
  const [cells, befores, inputs, forgets]: [Value[], Value[], Value[], Value[]] = [[], [], [], []];

  let input: Value | undefined;
  let forget: Value | undefined;
  if (!peepholes) {
    input = g.op("Sigmoid", [driveI]);
    forget = d.tied ? less(one, input) : g.op("Sigmoid", [driveF]);
    const kept = mask ? add(mul(forget, mask), less(one, mask)) : forget;
    const added = mul(input, fresh);
    const [keeps, adds] = [perStep(kept), perStep(mask ? mul(added, mask) : added)];
    for (const t of order) {
      befores[t] = now;
      now = add(mul(keeps[t]!, now), adds[t]!);
      cells[t] = now;
    }
  } else {
    const [eachI, eachF, eachC] = [perStep(driveI), perStep(driveF), perStep(fresh)];
    const masks = mask && perStep(mask);
    for (const t of order) {
      befores[t] = now;
      const i = g.op("Sigmoid", [add(eachI[t]!, mul(now, peepholes.input))]);
      const f = d.tied ? less(one, i) : g.op("Sigmoid", [add(eachF[t]!, mul(now, peepholes.forget))]);
      const next = add(mul(f, now), mul(i, eachC[t]!));
      const open = masks?.[t];
      now = open ? add(mul(next, open), mul(now, less(one, open))) : next;
      [inputs[t], forgets[t], cells[t]] = [i, f, now];
    }
    [input, forget] = [joined(inputs), joined(forgets)];
  }
  const cell = joined(cells);
  const output = g.op("Sigmoid", [peepholes ? add(driveO, mul(cell, peepholes.output)) : driveO]);
  return { input, output, forget, fresh, cell, cellBefore: joined(befores), peepholes };
}

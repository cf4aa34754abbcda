import type { Value } from "../value.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import {
  statesBefore,
  type RecurrentDirection,
  type RecurrentDirectionGradient,
} from "./recurrent-direction.ts";

/** One direction of a GRU, with three gates: `w[3H, I]`, `r[3H, H]`, `b[6H]`. */
export interface GruDirection extends RecurrentDirection {
  readonly resetBehind: boolean;
  readonly wanted: { readonly x: boolean; readonly b: boolean; readonly initial: boolean };
}

/**
 * Back through time with as little as possible in the unrolled part: the states are known from the forward pass, so the
 * gates of all steps are computed again at once, and so are the factors by which a state's gradient reaches each gate.
 * What is left per step is a product with those factors, one with `r`, and a sum. The weights' gradients are one product
 * over all steps at the end.
 */
export function gruDirectionGradient(g: GraphEmitter, d: GruDirection): RecurrentDirectionGradient {
  const [steps, rows, width] = dimsOf(d.x) as [number, number, number];
  const hidden = dimsOf(d.r)[1]!;
  const all = steps * rows;
  const one = scalarLike(g, d.x, 1);
  const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
  const add = (a: Value, b: Value): Value => g.op("Add", [a, b]);
  const less = (a: Value, b: Value): Value => g.op("Sub", [a, b]);
  const cut = (value: Value, from: number, to: number, axis: number): Value =>
    g.op("Slice", [value, g.ints([from]), g.ints([to]), g.ints([axis])]);
  const split = (value: Value, lengths: readonly number[], axis: number): readonly Value[] =>
    lengths.length === 1 ? [value] : g.ops("Split", [value, g.ints(lengths)], { axis });
  const thirds = [hidden, hidden, hidden];
  const joined = (values: readonly Value[], axis: number): Value =>
    values.length === 1 ? values[0]! : g.op("Concat", values, { axis });
  const order = Array.from({ length: steps }, (_, count) => (d.reverse ? count : steps - 1 - count));

  const before = statesBefore(g, d);
  const x = reshaped(g, d.x, [all, width]);

  // The gates of all steps; products that add up in place cost less than cutting one wide product apart.
  const [wz, wr, wn] = split(d.w, thirds, 0) as [Value, Value, Value];
  const [rz, rr, rn] = split(d.r, thirds, 0) as [Value, Value, Value];
  const [bz, br, bn, cz, cr, cn] = d.b ? split(d.b, [...thirds, ...thirds], 0) : [];
  const product = (read: Value, weights: Value, plus?: Value): Value =>
    g.op("Gemm", [read, weights, plus], { transB: 1 });
  const gate = (ofInput: Value, ofState: Value, bias?: Value, more?: Value): Value =>
    g.op("Sigmoid", [product(before, ofState, product(x, ofInput, bias && add(bias, more!)))]);
  const [keep, reset] = [gate(wz, rz, bz, cz), gate(wr, rr, br, cr)];
  const ofInput = product(x, wn, bn);
  const drive = d.resetBehind ? product(before, rn, cn) : mul(reset, before);
  const fresh = g.op("Tanh", [
    d.resetBehind ? add(ofInput, mul(reset, drive)) : product(drive, rn, cn ? add(ofInput, cn) : ofInput),
  ]);

  // By what the gradient of a state is multiplied to become that of each gate, before its function.
  const masked = (value: Value): Value =>
    d.mask ? reshaped(g, mul(reshaped(g, value, [steps, rows, hidden]), d.mask), [all, hidden]) : value;
  const open = less(one, keep);
  const toFresh = masked(mul(open, less(one, mul(fresh, fresh))));
  const toKeep = masked(mul(mul(less(before, fresh), keep), open));
  const resetSlope = mul(reset, less(one, reset));
  // A masked step passes the gradient on as it is.
  const passing = d.mask
    ? reshaped(g, add(mul(reshaped(g, keep, [steps, rows, hidden]), d.mask), less(one, d.mask)), [
        all,
        hidden,
      ])
    : keep;

  const perStep = (value: Value): readonly Value[] =>
    split(
      value,
      Array.from({ length: steps }, () => dimsOf(value)[0]! / steps),
      0,
    );
  const passes = perStep(passing);
  const given = d.dy && (d.mask ? mul(d.dy, d.mask) : d.dy);
  const dys = given && perStep(reshaped(g, given, [all, hidden]));
  const arrive = (carry: Value | undefined, t: number): Value => {
    const here = dys?.[t];
    if (carry === undefined) return here!;
    return here ? add(carry, here) : carry;
  };

  // Each step's gradients of the products with r, and what the state's gradient was.
  const onGates: Value[] = [];
  const onStates: Value[] = [];
  let carry = d.dLast;
  let dFresh: Value;
  let dRecurrent: Value;
  if (d.resetBehind) {
    const toReset = mul(mul(toFresh, drive), resetSlope);
    const toDrive = mul(toFresh, reset);
    const factors = joined([toKeep, toReset, toDrive], 1);
    const each = perStep(reshaped(g, factors, [all, 3, hidden]));
    for (const t of order) {
      const dh = arrive(carry, t);
      const gates = reshaped(g, mul(each[t]!, reshaped(g, dh, [rows, 1, hidden])), [rows, 3 * hidden]);
      carry = g.op("Gemm", [gates, d.r, mul(dh, passes[t]!)]);
      onGates[t] = gates;
      onStates[t] = dh;
    }
    dRecurrent = joined(onGates, 0);
    dFresh = mul(joined(onStates, 0), toFresh);
  } else {
    const toReset = perStep(mul(before, resetSlope));
    const rzr = cut(d.r, 0, 2 * hidden, 0);
    const [resets, freshes, keeps] = [perStep(reset), perStep(toFresh), perStep(toKeep)];
    const fresher: Value[] = [];
    for (const t of order) {
      const dh = arrive(carry, t);
      const dn = mul(dh, freshes[t]!);
      const through = g.op("Gemm", [dn, rn]);
      const gates = joined([mul(dh, keeps[t]!), mul(through, toReset[t]!)], 1);
      const straight = add(mul(dh, passes[t]!), mul(through, resets[t]!));
      carry = g.op("Gemm", [gates, rzr, straight]);
      onGates[t] = gates;
      fresher[t] = dn;
    }
    dRecurrent = joined(onGates, 0);
    dFresh = joined(fresher, 0);
  }

  const over = (gates: Value, read: Value): Value => g.op("Gemm", [gates, read], { transA: 1 });
  const total = (value: Value): Value => g.op("ReduceSum", [value, g.ints([0])], { keepdims: 0 });
  const twoGates = (value: Value, axis: number): Value =>
    dimsOf(value)[axis] === 2 * hidden ? value : cut(value, 0, 2 * hidden, axis);
  const dw = joined([twoGates(over(dRecurrent, x), 0), over(dFresh, x)], 0);
  const dr = d.resetBehind
    ? over(dRecurrent, before)
    : joined([over(dRecurrent, before), over(dFresh, drive)], 0);
  const bias = (): Value => {
    const [sum, fresh] = [total(dRecurrent), total(dFresh)];
    return joined([twoGates(sum, 0), fresh, sum, ...(d.resetBehind ? [] : [fresh])], 0);
  };
  const dx = (): Value => {
    const [w2, w1] = split(d.w, [2 * hidden, hidden], 0) as [Value, Value];
    const part = g.op("Gemm", [dFresh, w1]);
    return reshaped(g, g.op("Gemm", [twoGates(dRecurrent, 1), w2, part]), dimsOf(d.x));
  };
  return {
    x: d.wanted.x ? dx() : undefined,
    w: dw,
    r: dr,
    b: d.wanted.b ? bias() : undefined,
    initial: d.wanted.initial ? carry : undefined,
  };
}

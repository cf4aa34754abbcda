import { ELEMENT_TYPES, type GraphBuilder, type Value } from "@tideline/graph";
import type { WholeForm } from "./whole-weight.ts";

/**
 * Rounds numbers to those that whole ones stand for and lets the gradient through as if nothing had been rounded, save
 * where a number is beyond the range: there it ends. Plain operators say so: what is rounded is added to the number less
 * itself, and the second one goes through an integer, through which no gradient goes.
 *
 * Source: Y. Bengio et al., "Estimating or propagating gradients through stochastic neurons", 2013 (the straight-through
 * estimator); B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
 * inference", CVPR 2018, section 3.
 *
 * @param x float32, of the lengths that the form's scale was spread over, or any where it has one for all.
 */
export function fakeQuantise(g: GraphBuilder, x: Value, form: WholeForm): Value {
  const dims = x.dims as readonly number[];
  const spread = (values: Float32Array): Value =>
    values.length === 1 ? g.scalar(values[0]!) : g.constant(values, dims);
  const scale = spread(form.scale);
  const [low, high] = [form.lowest, form.highest].map((end) => spread(form.zero.map((zero) => end - zero)));
  const steps = g.op("Div", [x, scale]);
  const within = g.op("Min", [g.op("Max", [steps, low!]), high!]);
  const rounded = g.op("Round", [within]);
  // Parts of a step in an int32: the largest number of steps takes the other bits.
  const largest = Math.max(1, form.highest - form.lowest);
  const parts = 2 ** (30 - Math.ceil(Math.log2(largest)));
  const whole = g.op("Cast", [g.op("Mul", [within, g.scalar(parts)])], { to: ELEMENT_TYPES.int32.code });
  const copy = g.op("Mul", [g.op("Cast", [whole], { to: ELEMENT_TYPES.float32.code }), g.scalar(1 / parts)]);
  return g.op("Mul", [g.op("Add", [rounded, g.op("Sub", [within, copy])]), scale]);
}

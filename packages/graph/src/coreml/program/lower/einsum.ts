import { einsumEquation } from "../../../op/einsum-equation.ts";
import type { MilEmitter } from "../emitter.ts";
import type { MilTensor } from "../mil-graph.ts";
import { floating, plain, refused, type MilLowering } from "../lowering.ts";
import { matrixProduct, reduce, reshape, transpose } from "../primitive.ts";

/** An operand with its axes by label. */
interface Labelled {
  readonly tensor: MilTensor;
  readonly labels: readonly string[];
}

/** The operand summed over labels that nothing else has. */
function summed(e: MilEmitter, { tensor, labels }: Labelled, keep: ReadonlySet<string>): Labelled {
  const axes = labels.flatMap((label, axis) => (keep.has(label) ? [] : [axis]));
  return {
    tensor: reduce(e, "reduce_sum", tensor, axes, false),
    labels: labels.filter((label) => keep.has(label)),
  };
}

/** Two operands multiplied, summed over what both have and nothing else wants: one product of matrices. */
function contracted(e: MilEmitter, a: Labelled, b: Labelled, keep: ReadonlySet<string>): Labelled {
  const lengths = new Map<string, number>();
  for (const { tensor, labels } of [a, b])
    for (const [axis, label] of labels.entries()) lengths.set(label, tensor.dims[axis]!);
  const shared = a.labels.filter((label) => b.labels.includes(label) && keep.has(label));
  const inner = a.labels.filter((label) => b.labels.includes(label) && !keep.has(label));
  const left = a.labels.filter((label) => !b.labels.includes(label));
  const right = b.labels.filter((label) => !a.labels.includes(label));
  const size = (labels: readonly string[]): number =>
    labels.reduce((product, label) => product * lengths.get(label)!, 1);
  const matrix = ({ tensor, labels }: Labelled, groups: readonly (readonly string[])[]): MilTensor => {
    const order = groups.flat().map((label) => labels.indexOf(label));
    return reshape(e, transpose(e, tensor, order), groups.map(size));
  };
  const product = matrixProduct(e, matrix(a, [shared, left, inner]), matrix(b, [shared, inner, right]));
  const labels = [...shared, ...left, ...right];
  return {
    tensor: reshape(
      e,
      product,
      labels.map((label) => lengths.get(label)!),
    ),
    labels,
  };
}

/** Einstein's summation, operand after operand as products of matrices. */
export const einsum: MilLowering = floating((call) => {
  const { e, inputs, attributes } = call;
  const given = inputs.map((input) => input!);
  const { terms, result } = einsumEquation(
    { who: "Einsum", inputs: given },
    attributes["equation"] as string,
  );
  const repeated = terms.some((term) => new Set(term).size < term.length);
  const lengths = new Map<string, number>();
  let stretched = false;
  for (const [at, term] of terms.entries())
    for (const [axis, label] of term.entries()) {
      const length = given[at]!.dims[axis]!;
      if (lengths.has(label) && lengths.get(label) !== length) stretched = true;
      lengths.set(label, length);
    }
  if (repeated || stretched || given.some(({ open }) => open.includes(true)))
    return refused(
      "it takes a diagonal, stretches an axis of length 1 or sums over rows of the batch",
      "MatMul, Mul and ReduceSum, which say the same",
    );
  const operands = terms.map((labels, at): Labelled => ({ tensor: plain(call, at), labels }));
  let now = operands[0]!;
  for (let at = 0; at < operands.length; at++) {
    const rest = new Set([...result, ...operands.slice(at + 1).flatMap(({ labels }) => labels)]);
    if (at === 0 && operands.length > 1) {
      now = summed(e, now, rest);
      continue;
    }
    if (at > 0) {
      const next = operands[at]!;
      const wanted = new Set([...rest, ...now.labels]);
      now = contracted(e, now, summed(e, next, wanted), rest);
    }
    now = summed(e, now, rest);
  }
  return [
    transpose(
      e,
      now.tensor,
      result.map((label) => now.labels.indexOf(label)),
    ),
  ];
});

import { refused, type KnownCall, type Refusal } from "./known-walk.ts";
import { einsumEquation } from "./op/einsum-equation.ts";

/** What a form of file computes sums of products with. */
export interface ProductForm<T> {
  dims(x: T): readonly number[];
  sum(x: T, axes: readonly number[]): T;
  reshape(x: T, dims: readonly number[]): T;
  transpose(x: T, order: readonly number[]): T;
  /** Of `[batch, rows, inner]` and `[batch, inner, columns]`. */
  product(a: T, b: T): T;
}

/** An operand with its axes by label. */
interface Labelled<T> {
  readonly tensor: T;
  readonly labels: readonly string[];
}

/** The operand summed over labels that nothing else has. */
function summed<T>(
  form: ProductForm<T>,
  { tensor, labels }: Labelled<T>,
  keep: ReadonlySet<string>,
): Labelled<T> {
  const axes = labels.flatMap((label, axis) => (keep.has(label) ? [] : [axis]));
  return { tensor: form.sum(tensor, axes), labels: labels.filter((label) => keep.has(label)) };
}

/** Two operands multiplied, summed over what both have and nothing else wants: one product of matrices. */
function contracted<T>(
  form: ProductForm<T>,
  a: Labelled<T>,
  b: Labelled<T>,
  keep: ReadonlySet<string>,
): Labelled<T> {
  const lengths = new Map<string, number>();
  for (const { tensor, labels } of [a, b])
    for (const [axis, label] of labels.entries()) lengths.set(label, form.dims(tensor)[axis]!);
  const shared = a.labels.filter((label) => b.labels.includes(label) && keep.has(label));
  const inner = a.labels.filter((label) => b.labels.includes(label) && !keep.has(label));
  const left = a.labels.filter((label) => !b.labels.includes(label));
  const right = b.labels.filter((label) => !a.labels.includes(label));
  const size = (labels: readonly string[]): number =>
    labels.reduce((product, label) => product * lengths.get(label)!, 1);
  const matrix = ({ tensor, labels }: Labelled<T>, groups: readonly (readonly string[])[]): T => {
    const order = groups.flat().map((label) => labels.indexOf(label));
    return form.reshape(form.transpose(tensor, order), groups.map(size));
  };
  const product = form.product(matrix(a, [shared, left, inner]), matrix(b, [shared, inner, right]));
  const labels = [...shared, ...left, ...right];
  const dims = labels.map((label) => lengths.get(label)!);
  return { tensor: form.reshape(product, dims), labels };
}

/** Einstein's summation, operand after operand as products of matrices; or why a form cannot say it. */
export function einsumProduct<T>(
  form: ProductForm<T>,
  { inputs, attributes }: Pick<KnownCall<object>, "inputs" | "attributes">,
  tensors: readonly T[],
): T | Refusal {
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
  const instead = "MatMul, Mul and ReduceSum, which say the same";
  if (repeated || stretched) return refused("it takes a diagonal or stretches an axis of length 1", instead);
  if (given.some(({ open }) => open.includes(true)))
    return refused(
      "it has rows of a batch of any size",
      `a batch of one row (--length, or bindDims), or ${instead}`,
    );
  const operands = terms.map((labels, at): Labelled<T> => ({ tensor: tensors[at]!, labels }));
  let now = operands[0]!;
  for (let at = 0; at < operands.length; at++) {
    const rest = new Set([...result, ...operands.slice(at + 1).flatMap(({ labels }) => labels)]);
    if (at === 0 && operands.length > 1) {
      now = summed(form, now, rest);
      continue;
    }
    if (at > 0) {
      const next = operands[at]!;
      const wanted = new Set([...rest, ...now.labels]);
      now = contracted(form, now, summed(form, next, wanted), rest);
    }
    now = summed(form, now, rest);
  }
  return form.transpose(
    now.tensor,
    result.map((label) => now.labels.indexOf(label)),
  );
}

import { valuesOf } from "../element-type.ts";
import type { Value } from "../value.ts";
import { forEachIndex } from "../shape.ts";
import { einsumEquation } from "./einsum-equation.ts";
import { dimsOf, reshaped } from "./gradient.ts";
import { defineOp, type GradientCall } from "./op-definition.ts";
import { sharedType } from "./rule.ts";
import { stored } from "./stored.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * The gradient of one input: an Einsum of the result's gradient with the other inputs. An axis of length 1 that was
 * stretched is left out, and so summed over; one that no other term has is repeated; a label that the term has twice gets a
 * second name, and an identity matrix that ties the two.
 */
function gradientOf(
  {
    g,
    who,
    inputs,
    attributes: { equation },
    gradients: [dy],
  }: GradientCall<{
    equation: { type: "string"; required: true };
  }>,
  wrt: number,
): Value {
  const given = inputs as readonly Value[];
  const { terms, result, lengths } = einsumEquation({ who, inputs }, equation);
  const letters = new Map([...lengths.keys()].map((label, at) => [label, LETTERS[at]!] as const));
  const written = (labels: readonly string[]): string => labels.map((label) => letters.get(label)!).join("");
  const operands: Value[] = [dy!];
  const read: (readonly string[])[] = [result];
  for (const [at, value] of given.entries()) {
    if (at === wrt) continue;
    const dims = dimsOf(value);
    const kept = terms[at]!.flatMap((label, axis) => (dims[axis] === lengths.get(label) ? [axis] : []));
    operands.push(
      reshaped(
        g,
        value,
        kept.map((axis) => dims[axis]!),
      ),
    );
    read.push(kept.map((axis) => terms[at]![axis]!));
  }
  const wide = dimsOf(given[wrt]!);
  const labels = terms[wrt]!.map((label, axis, term) => {
    if (term.indexOf(label) === axis) return label;
    const twin = `${label}#${axis}`;
    letters.set(twin, LETTERS[letters.size]!);
    const size = wide[axis]!;
    const eye = Array.from({ length: size * size }, (_, flat) => (flat % (size + 1) === 0 ? 1 : 0));
    operands.push(g.constant(valuesOf(dy!.elementType, eye), [size, size]));
    read.push([label, twin]);
    return twin;
  });
  const present = new Set(read.flat());
  const made = labels.flatMap((label, axis) => {
    const stretched = lengths.has(label) && lengths.get(label) !== wide[axis];
    return present.has(label) && !stretched ? [axis] : [];
  });
  const text = `${read.map(written).join(",")}->${written(made.map((axis) => labels[axis]!))}`;
  const sums = g.op("Einsum", operands, { equation: text });
  const narrow = wide.map((dim, axis) => (made.includes(axis) ? dim : 1));
  const shaped = reshaped(g, sums, narrow);
  return narrow.join() === wide.join() ? shaped : g.op("Expand", [shaped, g.ints(wide)]);
}

/**
 * Einstein's summation: the products of the inputs' elements over all values of the labels, summed over those that the
 * result does not have; `"ij,jk->ik"` multiplies matrices. See `einsumEquation` for the grammar.
 */
export const Einsum = defineOp({
  since: 12,
  inputs: ["Inputs"],
  variadic: true,
  attributes: { equation: { type: "string", required: true } },
  infer(call) {
    const elementType = sharedType(call, "a numeric type");
    const { result, lengths } = einsumEquation(call, call.attributes.equation);
    return [{ elementType, dims: result.map((label) => lengths.get(label)!) }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const given = inputs.map((input) => input!);
    const { terms, result, lengths } = einsumEquation({ who: "Einsum", inputs }, attributes.equation);
    const inner = [...lengths.keys()].filter((label) => !result.includes(label));
    const labels = [...result, ...inner];
    const places = terms.map((term) => term.map((label) => labels.indexOf(label)));
    const { dims, elementType } = outputs[0]!;
    const sizes = inner.map((label) => lengths.get(label) as number);
    const values: number[] = [];
    forEachIndex(dims, (outer) => {
      let sum = 0;
      forEachIndex(sizes, (own) => {
        let product = 1;
        for (const [at, input] of given.entries()) {
          let flat = 0;
          for (const [axis, place] of places[at]!.entries()) {
            const index = place < outer.length ? outer[place]! : own[place - outer.length]!;
            flat = flat * input.dims[axis]! + (input.dims[axis] === 1 ? 0 : index);
          }
          product *= input.values[flat]!;
        }
        sum += product;
      });
      values.push(stored(elementType, sum));
    });
    return [Float64Array.from(values)];
  },
  gradient: (call) => call.inputs.map((_, at) => (call.wanted[at] ? gradientOf(call, at) : undefined)),
});

import type { Dim } from "../onnx.ts";
import { formatInputs, illegal, type OpCall } from "./op-definition.ts";

/** An equation with letters for all axes: those of an ellipsis are upper case and counted from the end, `"2"`, `"1"`, `"0"`. */
export interface EinsumEquation {
  /** The labels of each input's axes; an ellipsis' axes are named by their distance from its end. */
  readonly terms: readonly (readonly string[])[];
  readonly result: readonly string[];
  /** The length that each label stands for. */
  readonly lengths: ReadonlyMap<string, Dim>;
}

const TERM = /^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/;

/** The labels of a term; an ellipsis becomes so many. */
function labelsOf(term: string, ellipsis: number): readonly string[] {
  const [head, tail] = term.split("...") as [string, string | undefined];
  if (tail === undefined) return [...head];
  return [...head, ...Array.from({ length: ellipsis }, (_, at) => String(ellipsis - at - 1)), ...tail];
}

/**
 * Reads an equation of Einsum (`"bij,bjk->bik"`, spaces ignored; without an arrow the labels that occur once, in order of
 * the alphabet, behind the ellipsis) for inputs of known ranks.
 *
 * @throws GRAPH_ILLEGAL for another grammar, another number of inputs, and lengths that differ; an ellipsis broadcasts.
 */
export function einsumEquation(call: Pick<OpCall, "who" | "inputs">, equation: string): EinsumEquation {
  const wrong = (expected: string): Error => illegal(call.who, "equation", expected, `"${equation}"`);
  const [left, right, ...more] = equation.replaceAll(" ", "").split("->");
  const written = left!.split(",");
  if (more.length > 0 || ![...written, right ?? ""].every((term) => TERM.test(term)))
    throw wrong("letters and at most one ellipsis a term, as in b...i,...ij->b...j");
  if (written.length !== call.inputs.length) throw wrong(`${call.inputs.length} terms, one for each input`);
  const spare = written.map((term, at) => {
    const rank = call.inputs[at]!.dims.length;
    const named = term.replace("...", "").length;
    if (term.includes("...") ? named > rank : named !== rank)
      throw illegal(call.who, "inputs", `axes as "${equation}" has them`, formatInputs(call.inputs));
    return rank - named;
  });
  const widest = Math.max(0, ...spare);
  const terms = written.map((term, at) => labelsOf(term, spare[at]!));
  const lengths = new Map<string, Dim>();
  for (const [at, term] of terms.entries())
    for (const [axis, label] of term.entries()) {
      const dim = call.inputs[at]!.dims[axis]!;
      const known = lengths.get(label);
      const stretches = /\d/.test(label);
      if (known === undefined || (stretches && known === 1)) lengths.set(label, dim);
      else if (known !== dim && !(stretches && dim === 1))
        throw illegal(
          call.who,
          "inputs",
          `one length of "${label}" in "${equation}"`,
          formatInputs(call.inputs),
        );
    }
  const all = terms.flat();
  const result =
    right === undefined
      ? [
          ...labelsOf("...", widest),
          ...[...new Set(all)]
            .filter((label) => !/\d/.test(label) && all.indexOf(label) === all.lastIndexOf(label))
            .toSorted(),
        ]
      : labelsOf(right, right.includes("...") ? widest : 0);
  if (new Set(result).size !== result.length || result.some((label) => !lengths.has(label)))
    throw wrong("a result of labels of the terms, each once");
  return { terms, result, lengths };
}

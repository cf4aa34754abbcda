import type { GraphBuilder, Value } from "@tideline/graph";
import type { VectorizerParts } from "./vectorizer.ts";

/**
 * Adds a fitted vectorizer to a graph that gets numbers of terms, for runtimes without strings: `termIds` makes them.
 *
 * @param terms int64, [N, T], columns of the vectorizer, again as often as they occur; -1 fills up. T is at least 1.
 * @returns float32, [N, terms]
 * @example
 * const g = graphBuilder("spam");
 * const x = lowerTerms(g, g.input("terms", "int64", ["N", "T"]), fitted);
 * g.output("probabilities", lowerLogistic(g, x, model));
 */
export function lowerTerms(g: GraphBuilder, terms: Value, fitted: VectorizerParts): Value {
  const width = fitted.terms.length;
  const rows = g.op("Slice", [g.op("Shape", [terms]), g.ints([0]), g.ints([1])]);
  // What fills up is counted in a column of its own, the last, which is cut off.
  const shape = g.op("Concat", [rows, g.ints([width + 1])], { axis: 0 });
  const zeros = g.op("Expand", [g.scalar(0), shape]);
  const filling = g.op("Less", [terms, g.scalar(0, "int64")]);
  const places = g.op("Where", [filling, g.scalar(width, "int64"), terms]);
  const ones = g.op("Expand", [g.scalar(1), g.op("Shape", [terms])]);
  const counts = g.op("ScatterElements", [zeros, places, ones], { axis: 1, reduction: "add" });
  return lowerCounts(g, g.op("Slice", [counts, g.ints([0]), g.ints([width]), g.ints([1])]), fitted);
}

/** Adds the weights of a fitted vectorizer to a graph that has counts: float32, [N, terms], to the same shape. */
export function lowerCounts(
  g: GraphBuilder,
  counts: Value,
  { weighting, idf }: Pick<VectorizerParts, "weighting" | "idf">,
): Value {
  const { binary, sublinearTf, norm } = weighting;
  const one = g.scalar(1);
  const present = binary || sublinearTf ? g.op("Min", [counts, one]) : counts;
  let x = present;
  if (sublinearTf && !binary) {
    const grown = g.op("Add", [g.op("Log", [g.op("Max", [counts, one])]), one]);
    x = g.op("Mul", [present, grown]);
  }
  if (idf.length > 0) x = g.op("Mul", [x, g.constant(Float32Array.from(idf), [1, idf.length])]);
  if (norm === "none") return x;
  const length = g.op(norm === "l2" ? "ReduceL2" : "ReduceL1", [x, g.ints([1])], { keepdims: 1 });
  // A row of zeros stays one; the least length of another is far above this.
  return g.op("Div", [x, g.op("Max", [length, g.scalar(1e-30)])]);
}

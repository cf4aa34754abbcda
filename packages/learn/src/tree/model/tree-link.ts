import type { GraphBuilder, Value } from "@tideline/graph";
import { matrix, type Matrix } from "../../matrix.ts";

/**
 * What becomes of raw scores `s`, row by row:
 *
 * - identity: s; exp: e^s; square: s |s|; softplus: ln(1 + e^s), each of every score
 * - sigmoid: 1 / (1 + e^(-scale s)) of every score: classes that do not exclude one another, or one against the others
 * - logistic: of one score two columns, 1 / (1 + e^(scale s)) and 1 / (1 + e^(-scale s)): two classes
 * - softmax: probabilities of classes that exclude one another
 */
export type TreeLink =
  | { readonly kind: "identity" | "exp" | "square" | "softplus" | "softmax" }
  | { readonly kind: "sigmoid" | "logistic"; readonly scale: number };

function softmaxRows({ rows, columns, values }: Matrix): Float64Array {
  const out = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    let most = -Infinity;
    for (let k = from; k < from + columns; k++) most = Math.max(most, values[k]!);
    let sum = 0;
    for (let k = from; k < from + columns; k++) sum += out[k] = Math.exp(values[k]! - most);
    for (let k = from; k < from + columns; k++) out[k]! /= sum;
  }
  return out;
}

const EACH = {
  exp: Math.exp,
  square: (score: number) => score * Math.abs(score),
  softplus: (score: number) => Math.log1p(Math.exp(-Math.abs(score))) + Math.max(score, 0),
} satisfies Partial<Record<TreeLink["kind"], (score: number) => number>>;

/**
 * Scores after the link, float64: as wide as they were, but for `logistic`, which makes two columns of one.
 *
 * @param scores [rows, outputs]
 */
export function applyLink(link: TreeLink, scores: Matrix): Matrix {
  const { rows, columns, values } = scores;
  switch (link.kind) {
    case "identity":
      return scores;
    case "softmax":
      return matrix(rows, columns, softmaxRows(scores));
    case "sigmoid":
      return matrix(
        rows,
        columns,
        Float64Array.from(values, (s) => 1 / (1 + Math.exp(-link.scale * s))),
      );
    case "logistic": {
      const out = new Float64Array(2 * values.length);
      for (const [at, score] of values.entries()) {
        out[2 * at] = 1 / (1 + Math.exp(link.scale * score));
        out[2 * at + 1] = 1 / (1 + Math.exp(-link.scale * score));
      }
      return matrix(rows, 2 * columns, out);
    }
    default:
      return matrix(rows, columns, Float64Array.from(values, EACH[link.kind]));
  }
}

/**
 * Adds a link to a graph, in float32.
 *
 * @param scores float32, [N, outputs]
 */
export function lowerLink(g: GraphBuilder, scores: Value, link: TreeLink): Value {
  const scaled = (factors: readonly number[]): Value =>
    factors.every((factor) => factor === 1)
      ? scores
      : g.op("Mul", [scores, g.constant(Float32Array.from(factors), [1, factors.length])]);
  switch (link.kind) {
    case "identity":
      return scores;
    case "exp":
      return g.op("Exp", [scores]);
    case "square":
      return g.op("Mul", [scores, g.op("Abs", [scores])]);
    case "softplus":
      return g.op("Softplus", [scores]);
    case "softmax":
      return g.op("Softmax", [scores], { axis: -1 });
    case "sigmoid":
      return g.op("Sigmoid", [scaled([link.scale])]);
    case "logistic":
      return g.op("Sigmoid", [scaled([-link.scale, link.scale])]);
  }
}

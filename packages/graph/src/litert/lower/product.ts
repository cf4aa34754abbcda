import { elementCount } from "../../onnx.ts";
import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  floating,
  numberOf,
  plain,
  refused,
  type LiteLowering,
  type LiteRule,
  type LiteValue,
} from "../lowering.ts";
import { binary, dense, reshape, transpose, withNumber } from "../primitive.ts";
import { einsum } from "./einsum.ts";
import { matrixProduct } from "./matrix-product.ts";

/** A constant matrix `[in, out]` (or `[out, in]`, if turned) times a number, as layers hold it: `[out, in]`. */
function weightsOf(e: LiteEmitter, value: LiteValue, turned: boolean, factor = 1): LiteTensor {
  const [rows, columns] = value.dims as readonly [number, number];
  const numbers = Float64Array.from(value.constant!, (number) => factor * number);
  const tensor = e.constant("FLOAT32", numbers, [rows, columns]);
  return turned ? tensor : transpose(e, tensor, [1, 0]);
}

/** The row that is added to every row of a product, where it is a constant one. */
function biasOf(value: LiteValue | undefined, width: number, factor: number): Float64Array | undefined {
  if (value?.constant === undefined) return undefined;
  const size = elementCount(value.dims);
  if (size !== 1 && (size !== width || value.dims.at(-1) !== width)) return undefined;
  return Float64Array.from({ length: width }, (_, at) => factor * value.constant![size === 1 ? 0 : at]!);
}

const gemm: LiteLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const [, b, c] = inputs;
  const [alpha, beta] = [numberOf(call, "alpha"), numberOf(call, "beta")];
  const [turnA, turnB] = [numberOf(call, "transA") !== 0, numberOf(call, "transB") !== 0];
  const width = outputs[0]!.dims[1]!;
  const bias = biasOf(c, width, beta);
  const left = plain(call, 0);
  if (b!.constant !== undefined && !(turnA && left.open.includes(true))) {
    const x = turnA ? transpose(e, left, [1, 0]) : left;
    const row = bias && e.constant("FLOAT32", bias, [width]);
    const product = dense(e, x, weightsOf(e, b!, turnB, alpha), row);
    if (c === undefined || bias !== undefined) return [product];
    const rest = plain(call, 2);
    return [binary(e, "ADD", product, beta === 1 ? rest : withNumber(e, "MUL", rest, beta))];
  }
  let product = matrixProduct(e, left, plain(call, 1), { a: turnA, b: turnB });
  if (alpha !== 1) product = withNumber(e, "MUL", product, alpha);
  if (c === undefined) return [product];
  const rest = plain(call, 2);
  return [binary(e, "ADD", product, beta === 1 ? rest : withNumber(e, "MUL", rest, beta))];
});

const matMul: LiteLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const [a, b] = inputs as readonly [LiteValue, LiteValue];
  const given = plain(call, 0);
  const left = a.dims.length === 1 ? reshape(e, given, [1, a.dims[0]!]) : given;
  const { dims, open } = outputs[0]!;
  const shaped = (product: LiteTensor): LiteTensor => {
    if (product.dims.length === dims.length) return product;
    const at = open.indexOf(true);
    return reshape(e, product, dims, at < 0 ? undefined : at);
  };
  if (b.constant !== undefined && b.dims.length <= 2) {
    const matrix = b.dims.length === 1 ? { ...b, dims: [b.dims[0]!, 1] } : b;
    return [shaped(dense(e, left, weightsOf(e, matrix, false), undefined))];
  }
  if (Math.max(a.dims.length, b.dims.length) > 5)
    return refused("a product of more than 5 axes", "leading axes joined by a Reshape");
  const right = b.dims.length === 1 ? reshape(e, plain(call, 1), [b.dims[0]!, 1]) : plain(call, 1);
  return [shaped(matrixProduct(e, left, right))];
});

/** How products of matrices are written. */
export const PRODUCT_RULES = {
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matMul,
} satisfies Record<string, LiteRule>;

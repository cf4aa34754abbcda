import { elementCount } from "../../../onnx.ts";
import type { MilEmitter } from "../emitter.ts";
import { floating, numberOf, plain, type MilLowering, type MilRule, type MilValue } from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, dense, matrixProduct, reshape, transpose, withNumber } from "../primitive.ts";
import { einsum } from "./einsum.ts";

/** A constant matrix `[in, out]` (or `[out, in]`, if turned) times a number, as layers hold it: `[out, in]`. */
function weightOf(e: MilEmitter, { dims, constant }: MilValue, turned: boolean, factor = 1): MilTensor {
  const numbers = factor === 1 ? constant! : Float64Array.from(constant!, (number) => factor * number);
  const tensor = e.constant("fp32", numbers, dims);
  return turned ? tensor : transpose(e, tensor, [1, 0]);
}

/** The row that is added to every row of a product, where it is a constant one. */
function biasOf(value: MilValue | undefined, width: number, factor: number): Float64Array | undefined {
  if (value?.constant === undefined) return undefined;
  const size = elementCount(value.dims);
  if (size !== 1 && (size !== width || value.dims.at(-1) !== width)) return undefined;
  return Float64Array.from({ length: width }, (_, at) => factor * value.constant![size === 1 ? 0 : at]!);
}

const gemm: MilLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const [, b, c] = inputs;
  const [alpha, beta] = [numberOf(call, "alpha"), numberOf(call, "beta")];
  const [turnA, turnB] = [numberOf(call, "transA") !== 0, numberOf(call, "transB") !== 0];
  const left = plain(call, 0);
  const width = outputs[0]!.dims[1]!;
  const bias = biasOf(c, width, beta);
  const more = (product: MilTensor): MilTensor => {
    if (c === undefined) return product;
    const rest = plain(call, 2);
    return binary(e, "add", product, beta === 1 ? rest : withNumber(e, "mul", rest, beta));
  };
  if (b!.constant !== undefined) {
    const x = turnA ? transpose(e, left, [1, 0]) : left;
    const row = bias && e.constant("fp32", bias, [width]);
    const product = dense(e, x, weightOf(e, b!, turnB, alpha), row);
    return [bias === undefined ? more(product) : product];
  }
  const product = matrixProduct(e, left, plain(call, 1), { x: turnA, y: turnB });
  return [more(alpha === 1 ? product : withNumber(e, "mul", product, alpha))];
});

const matMul: MilLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const [a, b] = inputs as readonly [MilValue, MilValue];
  const given = plain(call, 0);
  const left = a.dims.length === 1 ? reshape(e, given, [1, a.dims[0]!], a.open[0] ? 1 : undefined) : given;
  const { dims, open } = outputs[0]!;
  const at = open.indexOf(true);
  const shaped = (product: MilTensor): MilTensor =>
    product.dims.length === dims.length ? product : reshape(e, product, dims, at < 0 ? undefined : at);
  if (b.constant !== undefined && b.dims.length <= 2) {
    const matrix = b.dims.length === 1 ? { ...b, dims: [b.dims[0]!, 1] } : b;
    return [shaped(dense(e, left, weightOf(e, matrix, false), undefined))];
  }
  const right = b.dims.length === 1 ? reshape(e, plain(call, 1), [b.dims[0]!, 1]) : plain(call, 1);
  return [shaped(matrixProduct(e, left, right))];
});

/** How products of matrices are written. */
export const PRODUCT_RULES = {
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matMul,
} satisfies Record<string, MilRule>;

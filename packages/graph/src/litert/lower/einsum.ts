import { einsumProduct } from "../../einsum-product.ts";
import { floating, plain, type LiteLowering } from "../lowering.ts";
import { reduce, reshape, transpose } from "../primitive.ts";
import { matrixProduct } from "./matrix-product.ts";

/** Einstein's summation, operand after operand as products of matrices. */
export const einsum: LiteLowering = floating((call) => {
  const { e, inputs } = call;
  const made = einsumProduct(
    {
      dims: ({ dims }) => dims,
      sum: (x, axes) => reduce(e, "SUM", x, axes, false),
      reshape: (x, dims) => reshape(e, x, dims),
      transpose: (x, order) => transpose(e, x, order),
      product: (a, b) => matrixProduct(e, a, b),
    },
    call,
    inputs.map((_, at) => plain(call, at)),
  );
  return "unsupported" in made ? made : [made];
});

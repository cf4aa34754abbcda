import { einsumProduct } from "../../../einsum-product.ts";
import { floating, plain, type MilLowering } from "../lowering.ts";
import { matrixProduct, reduce, reshape, transpose } from "../primitive.ts";

/** Einstein's summation, operand after operand as products of matrices. */
export const einsum: MilLowering = floating((call) => {
  const { e, inputs } = call;
  const made = einsumProduct(
    {
      dims: ({ dims }) => dims,
      sum: (x, axes) => reduce(e, "reduce_sum", x, axes, false),
      reshape: (x, dims) => reshape(e, x, dims),
      transpose: (x, order) => transpose(e, x, order),
      product: (a, b) => matrixProduct(e, a, b),
    },
    call,
    inputs.map((_, at) => plain(call, at)),
  );
  return "unsupported" in made ? made : [made];
});

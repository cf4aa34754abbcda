import * as fc from "fast-check";
import { elementCount } from "../../onnx.ts";
import { filled, positive, shape, type CaseInput, type Cases } from "./op-case.ts";

/** Scores, classes of which the first counts, and weights or none; a class, or none of them, to be ignored. */
const loss: Cases = fc
  .tuple(
    shape(1, 1),
    fc.integer({ min: 2, max: 4 }),
    shape(0, 2),
    fc.constantFrom("none", "sum", "mean"),
    fc.constantFrom<number | undefined>(undefined, 0, 1, -1, -100),
    fc.boolean(),
  )
  .chain(([[rows], classes, rest, reduction, ignore_index, weighted]) => {
    const dims = [rows!, ...rest];
    const class_ = fc.oneof(
      { weight: 5, arbitrary: fc.nat(classes - 1) },
      { weight: 1, arbitrary: fc.constant(ignore_index ?? 0) },
    );
    return fc
      .tuple(
        filled([rows!, classes, ...rest]),
        fc.array(class_, { minLength: elementCount(dims), maxLength: elementCount(dims) }),
        fc.constantFrom<CaseInput["elementType"]>("int32", "int64"),
        filled([classes], positive),
      )
      .map(([scores, chosen, elementType, weight]) => {
        const values = chosen.with(0, ignore_index === 1 ? 0 : 1);
        return {
          inputs: [scores, { elementType, dims, values }, ...(weighted ? [weight] : [])],
          attributes: { reduction, ...(ignore_index === undefined ? {} : { ignore_index }) },
          scale: 10,
        };
      });
  });

/** Cases of losses over classes. */
export const LOSS_CASES = {
  NegativeLogLikelihoodLoss: loss,
  SoftmaxCrossEntropyLoss: loss,
} satisfies Record<string, Cases>;

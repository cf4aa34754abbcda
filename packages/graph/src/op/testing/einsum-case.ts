import * as fc from "fast-check";
import { broadcastable, filled, shape, type Cases, type Dims } from "./op-case.ts";

const EQUATIONS = [
  "ij,jk->ik",
  "bij,bkj->bik",
  "i,i",
  "ij -> ji",
  "ij->",
  "ii->i",
  "ij,jk",
  "ij,jk,kl->il",
  "...ij,...jk->...ik",
  "b...,b...->b...",
  "...i,...i",
  "ij,kl->il",
  "i,j->ij",
  "aij,ak,aj->ik",
];

/** An equation with a length for each of its letters and a shape for its ellipsis. */
const einsum: Cases = fc
  .tuple(
    fc.constantFrom(...EQUATIONS),
    fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 12, maxLength: 12 }),
    shape(0, 2),
  )
  .chain(([equation, sizes, wide]) => {
    const terms = equation.split("->")[0]!.trim().split(",");
    const length = (letter: string): number => sizes[letter.charCodeAt(0) - "a".charCodeAt(0)]!;
    // onnxruntime wants ellipses of one rank, and ends the process without it.
    const full = (own: Dims): Dims => wide.map((_, axis) => own[axis - wide.length + own.length] ?? 1);
    const stretches = terms.map((): fc.Arbitrary<Dims> => broadcastable(wide).map(full));
    return fc.tuple(...stretches).chain((shapes) => {
      const dims = terms.map((term, at) => {
        const [head, tail] = term.split("...");
        const letters = (part = ""): number[] => [...part].map(length);
        return [...letters(head), ...(tail === undefined ? [] : shapes[at]!), ...letters(tail)];
      });
      return fc
        .tuple(...dims.map((own) => filled(own)))
        .map((inputs) => ({ inputs, attributes: { equation }, scale: 100 }));
    });
  });

/** Cases of Einsum. */
export const EINSUM_CASES = { Einsum: einsum } satisfies Record<string, Cases>;

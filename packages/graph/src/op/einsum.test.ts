import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { gradientFault } from "./testing/gradient-fault.ts";
import type { CaseInput } from "./testing/op-case.ts";

const counted = (dims: readonly number[]): CaseInput => ({
  elementType: "float32",
  dims,
  values: Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, at) => (at % 7) - 3),
});

/** What onnxruntime does not take, or what hides in few of the generated cases. */
const CASES: readonly (readonly [equation: string, dims: readonly (readonly number[])[]])[] = [
  [
    "...ij,...jk->...ik",
    [
      [2, 1, 2, 3],
      [4, 3, 2],
    ],
  ],
  ["...,...->...", [[2, 3], [3]]],
  [
    "...i,...i",
    [
      [2, 3],
      [1, 3],
    ],
  ],
  ["iij,j->i", [[2, 2, 3], [3]]],
  [
    "ii,ii->",
    [
      [3, 3],
      [3, 3],
    ],
  ],
  ["iji->j", [[2, 3, 2]]],
  [
    "ij,kl->",
    [
      [2, 3],
      [2, 2],
    ],
  ],
];

describe("Einsum", () => {
  test.each(CASES)("%s has the gradient of finite differences", (equation, dims) => {
    const one = { inputs: dims.map(counted), attributes: { equation } };
    for (const seed of [1, 2]) expect(gradientFault("Einsum", one, seed)).toBeUndefined();
  });

  test.each([
    ["ij,jk->ik", [[2, 3]], /2 terms|1 terms/],
    ["ij->ik", [[2, 3]], /a result of labels/],
    ["ij->ii", [[2, 3]], /each once/],
    ["ii->i", [[2, 3]], /one length of "i"/],
    ["i-j", [[2]], /letters/],
    ["i->j->k", [[2]], /letters/],
    ["......", [[2]], /letters/],
    ["ijk", [[2, 3]], /axes as/],
  ] as const)("%s of %j is refused", (equation, dims, message) => {
    const g = graphBuilder("refused");
    const given = dims.map((own, at) => g.input(`x${at}`, "float32", own));
    expect(() => g.op("Einsum", given, { equation })).toThrow(message);
  });

  test("a label in upper case is another one", () => {
    const g = graphBuilder("case");
    g.output("y", g.op("Einsum", [g.input("x", "float32", [2, 2])], { equation: "iI->Ii" }));
    const { y } = interpret(g.build(), { x: { dims: [2, 2], values: [1, 2, 3, 4] } });
    expect([...y!.values]).toEqual([1, 3, 2, 4]);
  });
});

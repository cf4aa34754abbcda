import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OpDefinition } from "./op/op-definition.ts";
import type { OpName } from "./op/op-name.ts";
import { OPS } from "./op/registry.ts";
import { OP_CASES } from "./op/testing/case.ts";
import { chains, gradientOf, writtenChain } from "./op/testing/chain.ts";
import {
  disagreements,
  withGradients,
  type Feeds,
  type WrittenFunction,
} from "./op/testing/finite-difference.ts";
import { GRADIENT_TOLERANCE, gradientFault } from "./op/testing/gradient-fault.ts";
import type { Cases } from "./op/testing/op-case.ts";

const CASES: Record<OpName, Cases> = OP_CASES;
const DEFINITIONS: Record<OpName, OpDefinition> = OPS;
const differentiable = (Object.keys(OPS) as OpName[]).filter(
  (op) => typeof DEFINITIONS[op].gradient === "function",
);

describe("gradients of every operator that has one agree with finite differences", () => {
  test.each(differentiable)("%s", (op) => {
    let compared = 0;
    fc.assert(
      fc.property(CASES[op], fc.nat(), (one, seed) => {
        const fault = gradientFault(op, one, seed);
        if (fault === "no derivative") return;
        compared += 1;
        expect(fault).toBeUndefined();
      }),
      { numRuns: 6, seed: 41 },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

describe("gradients of composite graphs agree with finite differences", () => {
  const faultOf = (write: WrittenFunction, feeds: () => Feeds, seed: number) => {
    const graph = withGradients(write, seed)!;
    return disagreements(graph, feeds(), seed)!.find(({ share }) => !(share <= GRADIENT_TOLERANCE));
  };

  test("chains of three to eight operators", () => {
    fc.assert(
      fc.property(chains(3, 8), (chain) => {
        const { write, feeds } = writtenChain(chain);
        expect(faultOf(write, feeds, chain.seed)).toBeUndefined();
      }),
      { numRuns: 60, seed: 42 },
    );
  });

  test("gradients of gradients", () => {
    fc.assert(
      fc.property(chains(1, 4), (chain) => {
        const { write, feeds } = writtenChain(chain);
        expect(faultOf(gradientOf(write, chain.seed), feeds, chain.seed)).toBeUndefined();
      }),
      { numRuns: 40, seed: 43 },
    );
  });
});

import assert from "node:assert/strict";

import * as fc from "fast-check";

import { growTree } from "../../grow/grow-tree.ts";
import { randomGrowth } from "../../grow/testing/random-growth.ts";
import type { OpenTreeKernels, TreeKernels } from "../tree-kernels.ts";
import { openTypescriptKernels } from "../typescript-kernels.ts";
import { binnedCase, COLUMN_KINDS, type ColumnKind } from "./binned-case.ts";
import { boostingChecks } from "./boosting-check.ts";
import { DERIVATIVE_KINDS, type DerivativeKind, fillDerivatives, someRows } from "./derivative-case.ts";
import { kernelTranscript } from "./kernel-transcript.ts";
import { refusalChecks } from "./refusal-check.ts";

/** One property that all kernels have; `run` throws where it does not hold. */
export interface KernelCheck {
  readonly name: string;
  run(): Promise<void>;
}

/** How much is checked. */
export interface KernelSuiteOptions {
  /** Threads of the kernels under test. Default 1. */
  readonly threads?: number;
  /** Random cases of each check. Default 8. */
  readonly runs?: number;
  readonly seed?: number;
}

/** A random table and tree. */
interface KernelCase {
  readonly rows: number;
  readonly kinds: readonly ColumnKind[];
  readonly seed: number;
  /** Share of the rows that the tree is grown on. */
  readonly share: number;
}

const SMALL = caseOf(fc.integer({ min: 1, max: 90 }), 6);
/** Beyond one block of the scale's sums, and of all blocks of rows and features that kernels may work in. */
const LARGE = caseOf(fc.integer({ min: 4090, max: 9000 }), 21);

function caseOf(rows: fc.Arbitrary<number>, features: number): fc.Arbitrary<KernelCase> {
  return fc.record({
    rows,
    kinds: fc.array(fc.constantFrom(...COLUMN_KINDS), { minLength: 1, maxLength: features }),
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    share: fc.constantFrom(1, 1, 0.5),
  });
}

/**
 * The checks that kernels must pass: every answer equals that of the TypeScript kernels to the bit, over tables with
 * constant, missing and infinite columns, ties, one row, blocks and their ends, and derivatives of all sizes.
 *
 * @example
 * for (const { name, run } of kernelSuite(openWasmKernels, { threads: 2 })) test(name, run);
 */
export function kernelSuite(
  open: OpenTreeKernels,
  { threads = 1, runs = 8, seed = 1 }: KernelSuiteOptions = {},
): readonly KernelCheck[] {
  const both = async (
    { rows, kinds, seed: drawn }: KernelCase,
    room: { readonly slots: number; readonly leaves: number },
    body: (kernels: TreeKernels) => unknown,
  ) => {
    const { table } = binnedCase(rows, kinds, drawn);
    const answers: unknown[] = [];
    for (const opener of [open, openTypescriptKernels]) {
      const kernels = await opener(table, { ...room, threads });
      try {
        answers.push(await body(kernels));
      } finally {
        kernels.release();
      }
    }
    assert.deepEqual(answers[0], answers[1]);
  };
  const check = (
    name: string,
    of: fc.Arbitrary<KernelCase>,
    times: number,
    body: (of: KernelCase) => Promise<void>,
  ) => ({
    name,
    run: () => fc.assert(fc.asyncProperty(of, body), { numRuns: times, seed }),
  });
  const bagOf = ({ rows, share, seed }: KernelCase) => (share < 1 ? someRows(rows, share, seed) : undefined);
  const calls = (kind: DerivativeKind) => (drawn: KernelCase) =>
    both(drawn, { slots: 2, leaves: 4 }, (kernels) => {
      fillDerivatives(kind, kernels, drawn.seed);
      return kernelTranscript(kernels, drawn.seed, bagOf(drawn));
    });
  const trees = (drawn: KernelCase) =>
    both(drawn, { slots: 3, leaves: 9 }, (kernels) =>
      [0, 1, 2].map((tree) => {
        const kinds = Object.keys(DERIVATIVE_KINDS) as DerivativeKind[];
        fillDerivatives(kinds[(drawn.seed + tree) % kinds.length]!, kernels, drawn.seed + tree);
        return growTree(
          kernels,
          randomGrowth(kernels.table, drawn.seed + tree),
          tree > 0 ? bagOf(drawn) : undefined,
        );
      }),
    );
  return [
    ...(Object.keys(DERIVATIVE_KINDS) as DerivativeKind[]).flatMap((kind) => [
      check(`answers as the oracle where derivatives are ${kind}`, SMALL, runs, calls(kind)),
      check(`answers as the oracle over many rows where derivatives are ${kind}`, LARGE, 1, calls(kind)),
    ]),
    check("grows the oracle's trees", SMALL, 4 * runs, trees),
    check("grows the oracle's trees over many rows", LARGE, 2, trees),
    ...[1.5, -3.7, 2 ** 31 + 5, 2 ** 53 + 2].map((odd) => ({
      name: `rounds as the oracle by a seed of ${odd}`,
      run: () =>
        both({ rows: 500, kinds: ["many values"], seed, share: 1 }, { slots: 2, leaves: 2 }, (kernels) => {
          fillDerivatives("of log losses", kernels, seed);
          kernels.start({ bag: undefined, seed: odd });
          kernels.histogram(0, 0);
          return kernels.bins(0, 0);
        }),
    })),
    ...boostingChecks(open, threads),
    ...refusalChecks(open, threads),
  ];
}

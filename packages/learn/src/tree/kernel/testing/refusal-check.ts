import assert from "node:assert/strict";

import { type ErrorCode, isTidelineError } from "@tideline/spec";

import type { OpenTreeKernels, ScanLimits, TreeKernels } from "../tree-kernels.ts";
import { binnedCase } from "./binned-case.ts";
import type { KernelCheck } from "./kernel-suite.ts";

const ROWS = 40;
const ROOM = { slots: 2, leaves: 3 } as const;
const LEFT = Uint8Array.of(1);
const LIMITS: ScanLimits = {
  sums: { gradient: 0, hessian: ROWS },
  rows: ROWS,
  l1: 0,
  l2: 0,
  minChildWeight: 0,
  minChildRows: 1,
  maxDelta: 0,
  lower: -Infinity,
  upper: Infinity,
  monotone: undefined,
  allowed: Uint8Array.of(1),
  randomSeed: undefined,
};

/** Calls that kernels refuse: what the error names, and what is called after `start`. */
const OUTSIDE: readonly (readonly [names: string, call: (kernels: TreeKernels) => unknown])[] = [
  ["bag", (kernels) => kernels.start({ bag: Int32Array.of(0, 5, ROWS), seed: 1 })],
  ["row -1 at place 0", (kernels) => kernels.start({ bag: Int32Array.of(-1, 3), seed: 1 })],
  ["row 3 at place 2", (kernels) => kernels.start({ bag: Int32Array.of(0, 4, 3), seed: 1 })],
  ["row 7 at place 1", (kernels) => kernels.start({ bag: Int32Array.of(7, 7), seed: 1 })],
  ["leaf", (kernels) => kernels.histogram(1, 0)],
  ["slot", (kernels) => kernels.histogram(0, 2)],
  ["slot", (kernels) => kernels.histogram(0, 0.5)],
  ["slot", (kernels) => kernels.subtract(0, 2)],
  ["slot", (kernels) => kernels.subtract(-1, 0)],
  ["slot", (kernels) => kernels.scan(2, LIMITS)],
  ["slot", (kernels) => kernels.scanBoth([0, 2], [LIMITS, LIMITS])],
  ["slot", (kernels) => kernels.bins(2, 0)],
  ["feature", (kernels) => kernels.bins(0, 1)],
  ["leaf", (kernels) => kernels.partition(1, 2, { feature: 0, left: LEFT })],
  ["into", (kernels) => kernels.partition(0, 0, { feature: 0, left: LEFT })],
  ["into", (kernels) => kernels.partition(0, 3, { feature: 0, left: LEFT })],
  ["split.feature", (kernels) => kernels.partition(0, 1, { feature: 1, left: LEFT })],
  ["leaf", (kernels) => kernels.rowsOf(1)],
  ["leaf", (kernels) => kernels.exactSums(NaN)],
  ["values", (kernels) => kernels.addTo(new Float64Array(ROWS), new Float64Array(0), 0, 1)],
  ["stride", (kernels) => kernels.addTo(new Float64Array(ROWS), new Float64Array(1), 0, 2)],
  ["offset", (kernels) => kernels.addTo(new Float64Array(ROWS), new Float64Array(1), -1, 1)],
];

const CALLS: Record<string, (kernels: TreeKernels) => unknown> = {
  start: (kernels) => kernels.start({ bag: undefined, seed: 1 }),
  histogram: (kernels) => kernels.histogram(0, 0),
  subtract: (kernels) => kernels.subtract(0, 1),
  scan: (kernels) => kernels.scan(0, LIMITS),
  scanBoth: (kernels) => kernels.scanBoth([0, 1], [LIMITS, LIMITS]),
  bins: (kernels) => kernels.bins(0, 0),
  partition: (kernels) => kernels.partition(0, 1, { feature: 0, left: LEFT }),
  rowsOf: (kernels) => kernels.rowsOf(0),
  exactSums: (kernels) => kernels.exactSums(0),
  addTo: (kernels) => kernels.addTo(new Float64Array(ROWS), new Float64Array(3), 0, 1),
};

/** Checks that kernels refuse derivatives, places and calls that make no sense, and go on as if nothing had been. */
export function refusalChecks(open: OpenTreeKernels, threads: number): readonly KernelCheck[] {
  const opened = async (body: (kernels: TreeKernels) => void) => {
    const kernels = await open(binnedCase(ROWS, ["few values"], 1).table, { ...ROOM, threads });
    kernels.gradient.fill(1);
    kernels.hessian.fill(1);
    try {
      body(kernels);
    } finally {
      kernels.release();
    }
  };
  return [
    ...derivativeChecks(opened),
    {
      name: "refuses rows, leaves, slots and features that there are not, and goes on",
      run: () =>
        opened((kernels) => {
          for (const [names, call] of OUTSIDE) {
            assert.equal(kernels.start({ bag: undefined, seed: 1 }).sums.gradient, ROWS);
            refuses(() => call(kernels), "ARGUMENT_INVALID", names);
          }
          kernels.histogram(0, 0);
          assert.equal(
            kernels.bins(0, 0).hessian.reduce((a, b) => a + b),
            ROWS,
          );
        }),
    },
    {
      name: "refuses a tree that was not begun, and every call after release",
      run: () =>
        opened((kernels) => {
          refuses(() => kernels.histogram(0, 0), "ARGUMENT_INVALID", "leaf");
          kernels.start({ bag: undefined, seed: 1 });
          kernels.release();
          for (const call of Object.values(CALLS)) refuses(() => call(kernels), "UNAVAILABLE", "released");
        }),
    },
    {
      name: "refuses threads that are no number of threads",
      async run() {
        const { table } = binnedCase(ROWS, ["few values"], 1);
        for (const wrong of [0, -1, 1.5, NaN, Infinity, "2" as unknown as number]) {
          await assert.rejects(
            async () => open(table, { ...ROOM, threads: wrong }),
            (error) => isTidelineError(error, "ARGUMENT_INVALID") && error.message.includes("threads"),
          );
        }
      },
    },
  ];
}

function derivativeChecks(
  opened: (body: (kernels: TreeKernels) => void) => Promise<void>,
): readonly KernelCheck[] {
  const wrong = [
    ["gradient", NaN],
    ["gradient", -Infinity],
    ["hessian", Infinity],
    ["hessian", -1],
  ] as const;
  return wrong.map(([what, value]) => ({
    name: `refuses a ${what} of ${value}, naming its row`,
    run: () =>
      opened((kernels) => {
        kernels[what][37] = value;
        refuses(() => kernels.start({ bag: undefined, seed: 1 }), "TRAINING_DIVERGED", "row 37");
        kernels[what][37] = 0;
        assert.equal(kernels.start({ bag: undefined, seed: 1 }).rows, ROWS);
      }),
  }));
}

function refuses(call: () => unknown, code: ErrorCode, names: string): void {
  assert.throws(call, (error) => isTidelineError(error, code) && error.message.includes(names), names);
}

import { expect, test } from "vitest";
import { binnedCase } from "./testing/binned-case.ts";
import { fillDerivatives, someRows } from "./testing/derivative-case.ts";
import type { TreeKernels } from "./tree-kernels.ts";
import { openTypescriptKernels } from "./typescript-kernels.ts";
import { openWasmKernels } from "./wasm-kernels.ts";

const FEATURES = 40;
const kinds = Array.from({ length: FEATURES }, (_, f) => (f % 3 === 0 ? "some missing" : "many values"));

/** What is left of all rows less a leaf's, of the features that are asked. */
function sumsOf(kernels: TreeKernels, asked: readonly number[], bag: Int32Array | undefined): unknown {
  const wanted = Uint8Array.from({ length: FEATURES }, (_, f) => Number(asked.includes(f)));
  fillDerivatives("with outliers", kernels, 7);
  kernels.start({ bag, seed: 3 });
  // What another tree left behind must not show.
  kernels.histogram(0, 1);
  kernels.histogram(0, 0, wanted);
  kernels.partition(0, 1, { feature: 1, left: Uint8Array.from({ length: 256 }, (_, bin) => bin % 2) });
  kernels.histogram(1, 1, wanted);
  kernels.subtract(0, 1, wanted);
  return asked.map((f) => [kernels.bins(0, f), kernels.bins(1, f)].map((sums) => structuredClone(sums)));
}

test.each([1, 2, 4, 5, 9, 13, 14, 39])(
  "sums of %i features that are asked are the oracle's",
  async (count) => {
    const { table } = binnedCase(3000, kinds as Parameters<typeof binnedCase>[1], 5);
    const asked = Array.from({ length: count }, (_, at) => Math.floor((at * FEATURES) / count));
    const room = { slots: 2, leaves: 2 };
    const [own, oracle] = [await openWasmKernels(table, room), await openTypescriptKernels(table, room)];
    for (const bag of [undefined, someRows(3000, 0.5, 2)])
      expect(sumsOf(own, asked, bag)).toEqual(sumsOf(oracle, asked, bag));
    own.release();
  },
);

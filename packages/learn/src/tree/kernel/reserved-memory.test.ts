import { expect, test, vi } from "vitest";
import { growTree } from "../grow/grow-tree.ts";
import { randomGrowth } from "../grow/testing/random-growth.ts";
import type { BinnedTable } from "../binned-table.ts";
import { chooseKernels } from "./choose-kernels.ts";
import { reserveBins } from "./reserved-memory.ts";
import { binnedCase } from "./testing/binned-case.ts";
import { fillDerivatives } from "./testing/derivative-case.ts";
import type { TreeKernels } from "./tree-kernels.ts";
import { openTypescriptKernels } from "./typescript-kernels.ts";
import { openWasmKernels } from "./wasm-kernels.ts";
import { webAssembly } from "./web-assembly.ts";

const { table } = binnedCase(5000, ["many values", "some missing", "categories"], 3);

/** The same bins in memory of kernels. */
function moved({ rows, features, bins }: BinnedTable, allocate = reserveBins()): BinnedTable {
  const places = bins.map(() => allocate(rows, bins.length));
  for (const [at, place] of places.entries()) place.set(bins[at]!);
  return { rows, features, bins: places };
}

const addressOf = ({ gradient: { buffer, byteOffset } }: TreeKernels) => {
  // Whether two buffers are one memory shows when one of them is written to.
  const byte = new Uint8Array(buffer, byteOffset, 1);
  return (other: TreeKernels) => {
    const theirs = new Uint8Array(other.gradient.buffer, other.gradient.byteOffset, 1);
    byte[0] = 1;
    theirs[0] = 2;
    return byte[0] === 2;
  };
};

function grown(kernels: TreeKernels) {
  fillDerivatives("of log losses", kernels, 5);
  return growTree(kernels, randomGrowth(kernels.table, 5));
}

test("kernels work beside bins that stand in their memory, one fit after the other, of any size", async () => {
  const oracle = await openTypescriptKernels(table, { slots: 3, leaves: 9 });
  const wanted = grown(oracle);
  const own = moved(table);
  const before = own.bins.map((bins) => bins.slice());
  for (const slots of [3, 40, 3]) {
    const kernels = await openWasmKernels(own, { slots, leaves: 9 });
    expect(kernels.gradient.every((value) => value === 0)).toBe(true);
    expect(grown(kernels)).toEqual(wanted);
    kernels.release();
  }
  expect(own.bins).toEqual(before);
  expect(own.bins[0]!.buffer).toBe(own.bins[2]!.buffer);
});

test("of kernels side by side only the first works in the table's memory", async () => {
  const own = moved(table);
  const room = { slots: 3, leaves: 9 };
  const [first, second] = await Promise.all([openWasmKernels(own, room), openWasmKernels(own, room)]);
  expect(addressOf(first)(second)).toBe(false);
  expect(grown(first)).toEqual(grown(second));
  first.release();
  const third = await openWasmKernels(own, room);
  expect(addressOf(first)(third)).toBe(true);
  second.release();
  third.release();
});

test("bins that stand there only in part are copied", async () => {
  const own = moved(table);
  const [one, two, three] = own.bins;
  const turned = { ...own, features: own.features.toReversed(), bins: [three!, two!, one!] };
  const fewer = { ...own, features: own.features.slice(0, 2), bins: [one!, two!] };
  for (const other of [turned, fewer]) {
    const plain = { ...other, bins: other.bins.map((bins) => bins.slice()) };
    const room = { slots: 3, leaves: 9 };
    const [kernels, oracle] = [await openWasmKernels(other, room), await openTypescriptKernels(plain, room)];
    expect(grown(kernels)).toEqual(grown(oracle));
    kernels.release();
  }
});

test("memory that cannot grow leads to TypeScript, and is free again", async () => {
  const { open } = chooseKernels();
  const own = moved(table, open.reserve!());
  const room = { slots: 2, leaves: 2 };
  const grow = vi.spyOn(webAssembly!.Memory.prototype as { grow(pages: number): number }, "grow");
  grow.mockImplementation(() => {
    throw new RangeError("could not grow");
  });
  const kernels = await open(own, room);
  grow.mockRestore();
  expect(kernels).toMatchObject({ name: "typescript" });
  expect(kernels.reason).toContain("could not grow");
  const again = await open(own, room);
  expect(again.name).toBe("webassembly");
  again.release();
});

test("bins are ordinary memory where none can be shared, or where others are asked for than were said", () => {
  const allocate = reserveBins();
  expect(allocate(10).buffer).toBeInstanceOf(ArrayBuffer);
  expect(allocate(10, 2).buffer).toBeInstanceOf(ArrayBuffer);
  expect(reserveBins()(2 ** 20, 2 ** 12 - 1).buffer).toBeInstanceOf(SharedArrayBuffer);
  const memory = vi.spyOn(webAssembly!, "Memory").mockImplementation(function () {
    throw new RangeError("could not allocate memory");
  });
  expect(reserveBins()(10, 2).buffer).toBeInstanceOf(ArrayBuffer);
  memory.mockRestore();
  const offer = { usable: true, shared: false, reason: "not isolated" } as const;
  expect(chooseKernels({ offer }).open.reserve).toBeUndefined();
});

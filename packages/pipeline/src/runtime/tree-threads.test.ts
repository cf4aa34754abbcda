import { type TreeThread, type TreeThreads, wasmKernels } from "@tideline/learn/tree";
import { kernelSuite } from "@tideline/learn/tree/testing";
import { describe, expect, test } from "vitest";
import { nodeTreeThreads } from "./tree-threads.ts";

describe.each([2, 3, 4])("the kernels in WebAssembly on %i threads of Node", (threads) => {
  const suite = kernelSuite(wasmKernels(nodeTreeThreads()), { threads, runs: 1, seed: threads });
  // Few rows leave other threads idle; of more than two only trees are compared: starting threads takes the time.
  const checks = suite.filter(
    ({ name }) =>
      (threads === 2 && /many rows|objective|^refuses rows|after release/.test(name)) ||
      name.startsWith("grows"),
  );
  for (const { name, run } of checks) test(name, run);
});

const table = {
  rows: 9000,
  features: [{ kind: "numeric", name: "x", upper: Float64Array.of(0, Infinity), missing: false, bins: 2 }],
  bins: [Uint8Array.from({ length: 9000 }, (_, row) => row & 1)],
} as const;

test("threads of one fit after the other meet in the memory of the table's bins", async () => {
  const open = wasmKernels(nodeTreeThreads());
  const bins = [open.reserve!()(table.rows, 1)];
  bins[0]!.set(table.bins[0]);
  const answers = [];
  for (const threads of [2, 3, 2, 2, 1]) {
    const kernels = await open({ ...table, bins }, { slots: 2, leaves: 2, threads });
    kernels.gradient.forEach((_, row) => (kernels.gradient[row] = row % 5));
    kernels.hessian.fill(1);
    const { sums } = kernels.start({ bag: undefined, seed: 1 });
    answers.push([sums, kernels.partition(0, 1, { feature: 0, left: Uint8Array.of(1, 0) })]);
    // Threads that are asleep as well as those that look for work.
    if (answers.length === 2) await new Promise((resolve) => setTimeout(resolve, 50));
    kernels.release();
  }
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
});

test("a thread that ends makes the next call fail, and does not hang it", async () => {
  const threads: TreeThread[] = [];
  const own = nodeTreeThreads();
  const port: TreeThreads = {
    ...own,
    async start(seat) {
      const thread = await own.start(seat);
      threads.push(thread);
      return thread;
    },
  };
  const kernels = await wasmKernels(port)(table, { slots: 2, leaves: 2, threads: 2 });
  kernels.hessian.fill(1);
  kernels.start({ bag: undefined, seed: 1 });
  await threads[0]!.end();
  for (let call = 0; call < 2; call++) {
    expect(() => kernels.start({ bag: undefined, seed: 1 })).toThrow("UNAVAILABLE");
  }
  kernels.release();
});

test("a thread that cannot begin is told with its cause", async () => {
  const own = nodeTreeThreads();
  const port: TreeThreads = { ...own, start: (seat) => own.start({ ...seat, module: {} }) };
  const opened = wasmKernels(port)(table, { slots: 2, leaves: 2, threads: 2 });
  await expect(opened).rejects.toMatchObject({ code: "UNAVAILABLE", parts: { field: "threads" } });
  await expect(opened).rejects.toHaveProperty("cause");
});

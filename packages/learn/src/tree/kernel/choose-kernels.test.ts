import { describe, expect, test } from "vitest";
import { chooseKernels } from "./choose-kernels.ts";
import { binnedCase } from "./testing/binned-case.ts";
import type { TreeThreads } from "./tree-threads.ts";

const port: TreeThreads = {
  parallelism: 4,
  callerMaySleep: true,
  start: () => Promise.reject(new Error("no thread today")),
};

describe("chooseKernels", () => {
  test("takes WebAssembly here, on one thread where none are handed in", async () => {
    const choice = chooseKernels();
    expect([choice.name, choice.threads]).toEqual(["webassembly", 1]);
    expect(choice.reason).toContain("no threads");
    const kernels = await choice.open(binnedCase(9, ["few values"], 1).table, { slots: 2, leaves: 2 });
    expect([kernels.name, kernels.threads]).toEqual(["webassembly", 1]);
    kernels.release();
  });

  test("takes all threads of the platform", () => {
    expect(chooseKernels({ threads: port })).toMatchObject({ name: "webassembly", threads: 4 });
  });

  test("stays on one thread where memory cannot be shared", async () => {
    const offer = { usable: true, shared: false, reason: "not isolated" } as const;
    const choice = chooseKernels({ threads: port, offer });
    expect(choice).toMatchObject({ name: "webassembly", threads: 1, reason: "not isolated" });
    const kernels = await choice.open(binnedCase(9, ["few values"], 1).table, {
      slots: 2,
      leaves: 2,
      threads: 4,
    });
    expect(kernels.threads).toBe(1);
    kernels.release();
  });

  test("takes TypeScript where there is no WebAssembly", async () => {
    const offer = { usable: false, reason: "WebAssembly is not here" } as const;
    const choice = chooseKernels({ threads: port, offer });
    expect(choice).toMatchObject({ name: "typescript", threads: 1, reason: offer.reason });
    const kernels = await choice.open(binnedCase(9, ["few values"], 1).table, { slots: 2, leaves: 2 });
    expect(kernels.name).toBe("typescript");
  });

  test("passes on that threads cannot be started", async () => {
    const opened = chooseKernels({ threads: port }).open(binnedCase(9, ["few values"], 1).table, {
      slots: 2,
      leaves: 2,
      threads: 2,
    });
    await expect(opened).rejects.toThrow("no thread today");
  });
});

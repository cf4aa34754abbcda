import { describe, expect, test, vi } from "vitest";
import { chooseKernels } from "./choose-kernels.ts";
import { binnedCase } from "./testing/binned-case.ts";
import type { TreeThreads } from "./tree-threads.ts";
import { webAssembly } from "./web-assembly.ts";

const port: TreeThreads = {
  parallelism: 4,
  callerMaySleep: true,
  start: () => Promise.reject(new Error("no thread today")),
};

const { table } = binnedCase(40, ["few values"], 1);
const feature = table.features[0]!;
const room = { slots: 2, leaves: 2 } as const;

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

  test("takes no more threads than kernels take, and says where there is one processor", async () => {
    expect(chooseKernels({ threads: { ...port, parallelism: 128 } }).threads).toBe(64);
    const single = chooseKernels({ threads: { ...port, parallelism: 1 } });
    expect(single).toMatchObject({ name: "webassembly", threads: 1, reason: "one processor" });
    const kernels = await single.open(table, { ...room, threads: 2 });
    expect(kernels.threads).toBe(1);
    kernels.release();
  });

  test("passes on that threads cannot be started, and leaves none behind", async () => {
    let running = 0;
    const end = () => Promise.resolve(void running--);
    const starts: TreeThreads["start"][] = [
      () => Promise.reject(new Error("no thread today")),
      () => {
        throw new Error("no thread today");
      },
    ];
    for (const start of starts) {
      const some: TreeThreads = {
        ...port,
        start: (seat) =>
          seat.thread === 2 ? start(seat) : Promise.resolve({ end }).finally(() => running++),
      };
      const opened = chooseKernels({ threads: some }).open(table, { ...room, threads: 4 });
      const error: unknown = await opened.catch((error: unknown) => error);
      expect(error).toMatchObject({ code: "UNAVAILABLE", cause: new Error("no thread today") });
      expect(running).toBe(0);
    }
  });

  test("takes TypeScript where a page forbids to compile", () => {
    const forbidden = vi.spyOn(webAssembly!, "Module").mockImplementation(function () {
      throw new Error("refused by Content Security Policy");
    });
    const choice = chooseKernels();
    forbidden.mockRestore();
    expect(choice).toMatchObject({ name: "typescript", threads: 1 });
    expect(choice.reason).toContain("Content Security Policy");
  });

  test("opens TypeScript where memory is not to be had", async () => {
    const memory = vi.spyOn(webAssembly!, "Memory").mockImplementation(function () {
      throw new RangeError("could not allocate memory");
    });
    const kernels = await chooseKernels().open(table, room);
    memory.mockRestore();
    expect(kernels.name).toBe("typescript");
    expect(kernels.reason).toContain("could not allocate memory");
  });

  test("opens TypeScript where WebAssembly has no room", async () => {
    const kernels = await chooseKernels().open(
      { ...table, rows: 40, features: Array.from({ length: 2 ** 15 }, () => feature), bins: [] },
      { slots: 64, leaves: 2 },
    );
    expect(kernels.name).toBe("typescript");
    expect(kernels.reason).toContain("more than WebAssembly has");
  });
});

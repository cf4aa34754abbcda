import { expect, test, vi } from "vitest";
import { chooseKernels } from "./choose-kernels.ts";
import { binnedCase } from "./testing/binned-case.ts";
import { webAssembly } from "./web-assembly.ts";

test("a module that is refused leads to TypeScript, and is tried again the next time", async () => {
  const { table } = binnedCase(40, ["few values"], 1);
  const { open } = chooseKernels();
  const compile = vi
    .spyOn(webAssembly!, "compile")
    .mockImplementation(() => Promise.reject(new Error("refused by Content Security Policy")));
  const kernels = await open(table, { slots: 2, leaves: 2 });
  compile.mockRestore();
  expect([kernels.name, kernels.threads]).toEqual(["typescript", 1]);
  expect(kernels.reason).toContain("refused by Content Security Policy");
  const again = await open(table, { slots: 2, leaves: 2 });
  expect([again.name, again.reason]).toEqual(["webassembly", undefined]);
  again.release();
});

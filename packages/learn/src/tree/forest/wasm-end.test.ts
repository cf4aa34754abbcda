import { expect, test, vi } from "vitest";
import { matrix } from "../../matrix.ts";
import { webAssembly } from "../kernel/web-assembly.ts";
import { randomForest } from "./random-forest.ts";
import { forestTwins } from "./testing/forest-twin.ts";

test("ends of branches in WebAssembly are those of TypeScript, to the bit", () => {
  let [ended, branches] = [0, 0];
  for (let seed = 1; seed <= 120; seed++) {
    const twins = forestTwins(seed);
    expect(twins.fast, `seed ${seed}`).toEqual(twins.slow);
    ended += twins.ended;
    branches += twins.fast.feature.filter((feature) => feature >= 0).length;
  }
  // Both kinds of twin were there at all.
  expect(ended).toBeGreaterThan(5000);
  expect(branches).toBeGreaterThan(2000);
});

test("where no memory is to be had, TypeScript grows the same forest", async () => {
  const X = matrix(
    80,
    2,
    Float64Array.from({ length: 160 }, (_, at) => (at * 7919) % 97),
  );
  const y = Float64Array.from({ length: 80 }, (_, row) => (row * 31) % 17);
  const fit = () => randomForest({ task: "regression", trees: 2, seed: 3 }).fit({ X, y });
  const plenty = await fit();
  const memory = vi.spyOn(webAssembly!, "Memory").mockImplementation(function () {
    throw new RangeError("no memory");
  });
  const little = await fit();
  expect(memory).toHaveBeenCalled();
  memory.mockRestore();
  expect(little.ensemble).toEqual(plenty.ensemble);
});

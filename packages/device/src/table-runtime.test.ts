import { graphBuilder, writeTable } from "@tideline/graph";
import { expect, test } from "vitest";
import { tableRuntime } from "./table-runtime.ts";

/** Sums and softmaxes of the columns of a window `[2, 3]`, as a table. */
function sampleTable(): Uint8Array {
  const g = graphBuilder("sums");
  const window = g.input("window", "float32", ["N", 2, 3]);
  const sums = g.op("ReduceSum", [window, g.ints([1])], { keepdims: 0 });
  g.output("probabilities", g.op("Softmax", [sums], { axis: 1 }));
  g.output("sums", g.op("Identity", [sums]));
  const table = writeTable(g.build().graph);
  if (!table.ok) throw new Error(JSON.stringify(table.reasons));
  return table.bytes;
}

const names = { input: "window", output: "probabilities" };
const window = Float32Array.of(1, 2, 3, 4, 5, 6);

test("every output of a table can be the one that a release names", async () => {
  const sums = await tableRuntime.load(sampleTable(), { ...names, output: "sums" });
  expect(await sums.run(window, [1, 2, 3])).toEqual(Float32Array.of(5, 7, 9));
  const model = await tableRuntime.load(sampleTable(), names);
  const answer = await model.run(window, [1, 2, 3]);
  const total = Math.exp(-4) + Math.exp(-2) + 1;
  for (const [index, value] of [Math.exp(-4), Math.exp(-2), 1].entries())
    expect(answer[index]).toBeCloseTo(value / total, 6);
});

test("an answer stays what it was when the model runs again", async () => {
  for (const output of ["probabilities", "sums"]) {
    const model = await tableRuntime.load(sampleTable(), { ...names, output });
    const first = await model.run(window, [1, 2, 3]);
    const kept = first.slice();
    await model.run(new Float32Array(6), [1, 2, 3]);
    expect(first).toEqual(kept);
  }
});

test("other tensors, other lengths and other bytes are refused by code", async () => {
  const load = (bytes: Uint8Array, change: Partial<typeof names>) =>
    tableRuntime.load(bytes, { ...names, ...change });
  await expect(load(sampleTable(), { output: "features" })).rejects.toThrow(/features.*probabilities, sums/s);
  await expect(load(sampleTable(), { input: "frame" })).rejects.toMatchObject({
    code: "RUNTIME_UNSUPPORTED",
  });
  const damaged = sampleTable();
  damaged[40]! ^= 1;
  await expect(load(damaged, {})).rejects.toMatchObject({ code: "MODEL_MALFORMED" });
  const model = await load(sampleTable(), {});
  await expect(model.run(new Float32Array(5), [1, 2, 3])).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("it asks for no native code and says which tables it reads", () => {
  expect(tableRuntime).toMatchObject({ name: "table", tier: "portable", level: 1 });
  expect(tableRuntime.version).toMatch(/^\d+\.\d+\.\d+$/);
});

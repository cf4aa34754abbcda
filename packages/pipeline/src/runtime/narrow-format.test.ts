import { interpret, writeOnnx } from "@tideline/graph";
import { quantiseWeights } from "@tideline/graph/compress";
import { interpretProgram, writeMlProgram } from "@tideline/graph/coreml";
import { writeLitert } from "@tideline/graph/litert";
import { expect, test } from "vitest";
import { litertRuntime } from "./litert.ts";
import { tableRuntime } from "./table-runtime.ts";
import { NARROW_NETS, numbersOf } from "./testing/narrow-net.ts";

test.each([
  ["dense", 8],
  ["dense", 4],
  ["convolution", 4],
] as const)("the %s net with weights of %i bits means the same in every other format", async (net, bits) => {
  const { model: plain, dims } = NARROW_NETS[net]();
  const { model } = await quantiseWeights(plain, { bits });
  const values = numbersOf(
    dims.reduce((product, length) => product * length, 1),
    3,
  );
  const x = { dims: [1, ...dims], values };
  const wanted = interpret(model, { x })["y"]!.values;
  const litert = writeLitert(model);
  const program = writeMlProgram(model);
  if (!litert.ok || !program.ok) throw new Error(JSON.stringify([litert, program]));
  const lite = await litertRuntime.load(litert.bytes);
  const table = await tableRuntime.load(writeOnnx(model));
  const answer = interpretProgram(program.files, { x })["y"]!;
  if (!("values" in answer)) throw new Error("no numbers");
  const answers = {
    litert: (await lite.run({ x }, ["y"]))["y"]!.values,
    table: (await table.run({ x }, ["y"]))["y"]!.values,
    coreml: answer.values,
  };
  await lite.release();
  await table.release();
  for (const [name, given] of Object.entries(answers))
    for (const [at, value] of wanted.entries()) expect(Number(given[at]), name).toBeCloseTo(value, 5);
});

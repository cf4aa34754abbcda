import { expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { writeMlProgram } from "./coreml/index.ts";
import { writeLitert } from "./litert/index.ts";

test("a triangle over the rows themselves fixes their number: which row is which is not known ahead", () => {
  const g = graphBuilder("rows");
  g.output("y", g.op("Trilu", [g.input("x", "float32", ["N", 3])]));
  const model = g.build();
  const lite = writeLitert(model);
  expect(lite.ok && lite.report.inputs[0]!.dims).toEqual([1, 3]);
  const program = writeMlProgram(model, { mostRows: 8 });
  expect(program.ok && program.report.inputs[0]!.type).toBe("float32[1, 3]");
});

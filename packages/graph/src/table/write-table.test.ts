import { loadTable } from "@tideline/predict";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { valuesOf } from "../element-type.ts";
import type { Value } from "../value.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { NEWEST_OPSET } from "../opset.ts";
import type { OpName } from "../op/op-name.ts";
import { OPS } from "../op/registry.ts";
import { OP_CASES } from "../op/testing/case.ts";
import type { Cases, OpCase } from "../op/testing/op-case.ts";
import type { Lowering, Unlowered } from "./lowering.ts";
import { TABLE_LOWERINGS } from "./registry.ts";
import { writeTable } from "./write-table.ts";

const CASES: Record<OpName, Cases> = OP_CASES;

/** The first input is fed, the others are constants: what graphs of trained models look like. */
function modelOf(op: OpName, { inputs, attributes }: OpCase): OnnxModel {
  const g = graphBuilder(op);
  const given = inputs.map((input, index): Value | undefined => {
    if (input === undefined) return undefined;
    if (index === 0) return g.input("x", "float32", input.dims);
    const { elementType, dims, values } = input;
    return g.constant(valuesOf(elementType, values), dims);
  });
  const apply = g.ops as (
    name: OpName,
    inputs: readonly (Value | undefined)[],
    attributes?: object,
  ) => readonly Value[];
  for (const [at, value] of apply(op, given, attributes).entries()) g.output(`y${at}`, value);
  return g.build({ opset: NEWEST_OPSET });
}

/** What keeps a legal case of one operator from being a table. */
const REASONS = [
  "several rows at once",
  "an empty tensor",
  'input "x" must be float32 of known lengths',
  "leading axes that do not make one",
  "a table does not wrap numbers as",
  "a table computes in float32, and this in float64",
];

describe("a table gives what the reference kernels give", () => {
  test.each(Object.keys(OPS) as OpName[])("%s", (op) => {
    const lowering: Lowering | Unlowered = TABLE_LOWERINGS[op];
    const reasons = typeof lowering === "function" ? REASONS : [...REASONS, lowering.unlowered];
    let written = 0;
    fc.assert(
      fc.property(CASES[op], (one) => {
        const [input] = one.inputs;
        if (input?.elementType !== "float32") return;
        const model = modelOf(op, one);
        const result = writeTable(model.graph);
        if (!result.ok) {
          for (const { reason } of result.reasons)
            expect(reasons.some((known) => reason.startsWith(known)) ? "" : reason).toBe("");
          return;
        }
        written += 1;
        const wanted = interpret(model, { x: { dims: input.dims, values: input.values } });
        const table = loadTable(result.bytes);
        table.run(Float32Array.from(input.values));
        for (const [index, { name, dims }] of table.outputs.entries()) {
          expect(dims).toEqual(wanted[name]!.dims);
          for (const [at, value] of table.read(index).entries()) {
            const right = wanted[name]!.values[at]!;
            expect(Math.abs(value - right)).toBeLessThanOrEqual(
              3e-7 * Math.max(one.scale ?? 1e-30, Math.abs(right)),
            );
          }
        }
      }),
      // What no table holds is refused by its name alone.
      { numRuns: typeof lowering === "function" ? 100 : 10, seed: 4 },
    );
    if (typeof lowering === "function") expect(written).toBeGreaterThan(10);
  });
});

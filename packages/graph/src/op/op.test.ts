import * as fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import type { Value } from "../value.ts";
import { checkModel } from "../check.ts";
import { valuesOf } from "../element-type.ts";
import { interpret } from "../interpret.ts";
import { OPSET, type OnnxModel } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import type { OpDefinition } from "./op-definition.ts";
import type { OpName } from "./op-name.ts";
import { OPS } from "./registry.ts";
import { OP_CASES } from "./testing/case.ts";
import type { Cases, OpCase } from "./testing/op-case.ts";

const CASES: Record<OpName, Cases> = OP_CASES;
const DEFINITIONS: Record<OpName, OpDefinition> = OPS;

/** A graph of the one node, its data as inputs; unlike the builder's own typing, attributes arrive as data. */
function modelOf(op: OpName, { inputs, attributes }: OpCase): OnnxModel {
  const g = graphBuilder(op);
  const given = inputs.map((input, index): Value | undefined => {
    if (input === undefined) return undefined;
    return input.constant === true
      ? g.constant(BigInt64Array.from(input.values, BigInt), input.dims)
      : g.input(`x${index}`, input.elementType, input.dims);
  });
  const apply = g.ops as (
    name: OpName,
    inputs: readonly (Value | undefined)[],
    attributes?: object,
  ) => readonly Value[];
  for (const [at, value] of apply(op, given, attributes).entries()) g.output(`y${at}`, value);
  // What came after our opset is run at its own.
  return g.build({ opset: Math.max(OPSET, DEFINITIONS[op].since ?? 1) });
}

async function runOnnx(model: OnnxModel, { inputs }: OpCase): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(writeOnnx(model), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const feeds = inputs.flatMap((input, index) => {
    if (input === undefined || input.constant === true) return [];
    const { elementType, dims, values } = input;
    // The library's types tie an element type to its array; here both arrive as data.
    const typed = valuesOf(elementType, values) as Float32Array;
    return [[`x${index}`, new ort.Tensor(elementType as "float32", typed, dims)] as const];
  });
  try {
    return await session.run(Object.fromEntries(feeds));
  } finally {
    await session.release();
  }
}

describe("operators agree with onnxruntime in type, shape and value", () => {
  test.each(Object.keys(OPS) as OpName[])("%s", async (op) => {
    await fc.assert(
      fc.asyncProperty(CASES[op], async (one) => {
        const model = modelOf(op, one);
        checkModel(model);
        const feeds = one.inputs.flatMap((input, index) =>
          input === undefined || input.constant === true ? [] : [[`x${index}`, input] as const],
        );
        const results = interpret(model, Object.fromEntries(feeds));
        const oracle = await runOnnx(model, one);
        for (const { name, dims } of model.graph.outputs) {
          const [actual, wanted] = [results[name]!, oracle[name]!];
          expect(actual.elementType).toBe(wanted.type);
          expect(actual.dims).toEqual(wanted.dims);
          expect(dims).toEqual(wanted.dims);
          const numbers = Array.from(wanted.data as ArrayLike<number | bigint>, Number);
          for (const [index, number] of numbers.entries())
            // Infinities and NaN have no difference.
            if (!Object.is(actual.values[index]! + 0, number + 0))
              expect(Math.abs(actual.values[index]! - number)).toBeLessThanOrEqual(
                1e-6 * Math.max(one.scale ?? 1e-30, Math.abs(number)),
              );
        }
      }),
      { numRuns: 60, seed: 20 },
    );
  });
});

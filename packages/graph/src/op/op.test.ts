import * as fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { checkModel } from "../check.ts";
import { valuesOf } from "../element-type.ts";
import { interpret } from "../interpret.ts";
import { OPSET, type OnnxModel } from "../onnx.ts";
import { writeOnnx } from "../onnx-write.ts";
import { opsetsOf } from "../opset.ts";
import type { Value } from "../value.ts";
import type { GraphEmitter } from "./graph-emitter.ts";
import type { OpDefinition } from "./op-definition.ts";
import type { OpName } from "./op-name.ts";
import { OPS } from "./registry.ts";
import { OP_CASES } from "./testing/case.ts";
import type { CaseInput, Cases, OpCase } from "./testing/op-case.ts";

const CASES: Record<OpName, Cases> = OP_CASES;
const DEFINITIONS: Record<OpName, OpDefinition> = OPS;

type Attributes = Parameters<GraphEmitter["ops"]>[2];

/** The inputs of the case at a place that are fed, by the names that they get. */
const fed = ({ inputs }: OpCase, place: number): readonly (readonly [string, CaseInput])[] =>
  inputs.flatMap((input, at) =>
    input === undefined || input.constant === true ? [] : [[`c${place}x${at}`, input] as const],
  );

/** One graph of a node for each case, its data as inputs; a session for each would take most of the time. */
function modelOf(op: OpName, cases: readonly OpCase[], opset: number): OnnxModel {
  const g = graphBuilder(op);
  for (const [place, { inputs, attributes }] of cases.entries()) {
    const given = inputs.map((input, at): Value | undefined => {
      if (input === undefined) return undefined;
      return input.constant === true
        ? g.constant(valuesOf(input.elementType, input.values), input.dims)
        : g.input(`c${place}x${at}`, input.elementType, input.dims);
    });
    const made = (g as unknown as GraphEmitter).ops(op, given, attributes as Attributes);
    for (const [at, value] of made.entries()) g.output(`c${place}y${at}`, value);
  }
  return g.build({ opset });
}

/** The opset that a case is run at: ours, or what it needs where that came later. */
function opsetOf(op: OpName, one: OpCase): number {
  const g = graphBuilder(op);
  const given = one.inputs.map((input, at): Value | undefined =>
    input?.constant === true
      ? g.constant(valuesOf(input.elementType, input.values), input.dims)
      : input && g.input(`x${at}`, input.elementType, input.dims),
  );
  (g as unknown as GraphEmitter).ops(op, given, one.attributes as Attributes);
  const { inputs, attributes } = g.applications.at(-1)!;
  return Math.max(OPSET, opsetsOf(DEFINITIONS[op], { who: op, inputs, attributes }).since);
}

async function runOnnx(
  model: OnnxModel,
  feeds: readonly (readonly [string, CaseInput])[],
): Promise<ort.InferenceSession.ReturnType> {
  const session = await ort.InferenceSession.create(writeOnnx(model), {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const tensors = feeds.map(([name, { elementType, dims, values }]) => {
    // The library's types tie an element type to its array; here both arrive as data.
    const typed = valuesOf(elementType, values) as Float32Array;
    return [name, new ort.Tensor(elementType as "float32", typed, dims)] as const;
  });
  try {
    return await session.run(Object.fromEntries(tensors));
  } finally {
    await session.release();
  }
}

describe("operators agree with onnxruntime in type, shape and value", () => {
  test.each(Object.keys(OPS) as OpName[])("%s", async (op) => {
    const cases = fc.sample(CASES[op], { numRuns: 60, seed: 20 });
    for (const [opset, group] of Map.groupBy(cases, (one) => opsetOf(op, one))) {
      const model = modelOf(op, group, opset);
      checkModel(model);
      const feeds = group.flatMap(fed);
      const results = interpret(model, Object.fromEntries(feeds));
      const oracle = await runOnnx(model, feeds);
      for (const { name, dims } of model.graph.outputs) {
        const one = group[Number.parseInt(name.slice(1), 10)]!;
        const [actual, wanted] = [results[name]!, oracle[name]!];
        const message = `${name} of ${JSON.stringify(one)}`;
        expect(actual.elementType, message).toBe(wanted.type);
        expect(actual.dims, message).toEqual(wanted.dims);
        expect(dims, message).toEqual(wanted.dims);
        const numbers = Array.from(wanted.data as ArrayLike<number | bigint>, Number);
        for (const [at, number] of numbers.entries())
          // Infinities and NaN have no difference.
          if (!Object.is(actual.values[at]! + 0, number + 0))
            expect(Math.abs(actual.values[at]! - number), `${message} at ${at}`).toBeLessThanOrEqual(
              1e-6 * Math.max(one.scale ?? 1e-30, Math.abs(number)),
            );
      }
    }
  });
});

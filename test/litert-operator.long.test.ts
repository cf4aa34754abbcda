import { graphBuilder, interpret, OPS, type OnnxModel, type OpName, type Value } from "@tideline/graph";
import { LITERT_RULES, writeLitert } from "@tideline/graph/litert";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { valuesOf } from "../packages/graph/src/element-type.ts";
import { OP_CASES } from "../packages/graph/src/op/testing/case.ts";
import type { Cases, OpCase } from "../packages/graph/src/op/testing/op-case.ts";
import { NEWEST_OPSET } from "../packages/graph/src/opset.ts";
import { hasLitertPython, runPythonLitert, type LitertCase } from "./litert/python-litert.ts";

const CASES: Record<OpName, Cases> = OP_CASES;
const RULES: Readonly<Record<OpName, unknown>> = LITERT_RULES;

/** The node with its first input fed and the others constant, as in trained models; or with everything fed that may be. */
function modelOf(op: OpName, { inputs, attributes }: OpCase, all: boolean): OnnxModel {
  const g = graphBuilder(op);
  const given = inputs.map((input, at): Value | undefined => {
    if (input === undefined) return undefined;
    const { elementType, dims, values } = input;
    const fed = at === 0 || elementType === "bool" || (all && input.constant !== true);
    return fed ? g.input(`x${at}`, elementType, dims) : g.constant(valuesOf(elementType, values), dims);
  });
  const apply = g.ops as (
    name: OpName,
    inputs: readonly (Value | undefined)[],
    attributes?: object,
  ) => readonly Value[];
  for (const [at, value] of apply(op, given, attributes).entries()) g.output(`y${at}`, value);
  return g.build({ opset: NEWEST_OPSET });
}

interface Written extends LitertCase {
  readonly op: OpName;
  readonly one: OpCase;
  readonly model: OnnxModel;
}

/** Every operator's cases as files, and what was refused. */
function writtenCases(): readonly Written[] {
  return (Object.keys(OPS) as OpName[])
    .filter((op) => typeof RULES[op] === "function")
    .flatMap((op) =>
      fc.sample(CASES[op], { numRuns: 40, seed: 11 }).flatMap((one, at): readonly Written[] => {
        const [first] = one.inputs;
        if (first === undefined || first.values.length === 0) return [];
        const model = modelOf(op, one, at % 2 === 1);
        const written = writeLitert(model, { wideIntegers: true });
        if (!written.ok) {
          for (const { reason, instead } of written.reasons) expect([reason, instead]).not.toContain("");
          return [];
        }
        const feed = model.graph.inputs.map(
          ({ name }) => [name, one.inputs[Number(name.slice(1))]!] as const,
        );
        return [{ op, one, model, bytes: written.bytes, feeds: [Object.fromEntries(feed)] }];
      }),
    );
}

let made: readonly Written[] | undefined;

test.skipIf(!hasLitertPython()).each([{ plain: false }, { plain: true }])(
  "operators agree with the interpreter, %o",
  async (options) => {
    const cases = (made ??= writtenCases());
    const counts = Object.groupBy(cases, ({ op }) => op);
    const few = (Object.keys(OPS) as OpName[]).filter(
      (op) => typeof RULES[op] === "function" && (counts[op]?.length ?? 0) < 3,
    );
    expect(few).toEqual([]);
    const { answers, complaints } = await runPythonLitert(cases, options);
    expect(complaints).toEqual([]);
    const faults = cases.flatMap(({ op, one, model, feeds }, at): readonly string[] => {
      const answer = answers[at]!;
      if ("error" in answer) return [`${op}: ${answer.error} ${JSON.stringify(one)}`];
      const wanted = interpret(model, feeds[0]!);
      return model.graph.outputs.flatMap(({ name }) => {
        const { dims, values } = answer[0]![name]!;
        const right = wanted[name]!;
        const finite = right.values.filter(Number.isFinite).map(Math.abs);
        const scale = finite.reduce((most, value) => Math.max(most, value), one.scale ?? 1e-30);
        const far = right.values.findIndex(
          (value, i) =>
            !Object.is(values[i]! + 0, value + 0) && !(Math.abs(values[i]! - value) <= 2e-6 * scale),
        );
        const fits = dims.join() === right.dims.join() && far < 0;
        return fits
          ? []
          : [`${op} ${name} at ${far}: ${values[far]}, not ${right.values[far]} ${JSON.stringify(one)}`];
      });
    });
    expect(faults).toEqual([]);
  },
);

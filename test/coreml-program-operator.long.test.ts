import { interpret, graphBuilder, OPS, type OnnxModel, type OpName, type Value } from "@tideline/graph";
import {
  checkProgram,
  interpretProgram,
  MIL_RULES,
  writeMlProgram,
  type PackageFile,
} from "@tideline/graph/coreml";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { valuesOf } from "../packages/graph/src/element-type.ts";
import { OP_CASES } from "../packages/graph/src/op/testing/case.ts";
import type { Cases, OpCase } from "../packages/graph/src/op/testing/op-case.ts";
import { NEWEST_OPSET } from "../packages/graph/src/opset.ts";
import { checkCoreml, hasCoremlPython } from "./coreml/python-coreml.ts";

const CASES: Record<OpName, Cases> = OP_CASES;
const RULES: Readonly<Record<OpName, unknown>> = MIL_RULES;

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

interface Written {
  readonly op: OpName;
  readonly one: OpCase;
  readonly model: OnnxModel;
  readonly files: readonly PackageFile[];
  readonly feed: Readonly<
    Record<string, { readonly dims: readonly number[]; readonly values: readonly number[] }>
  >;
}

/** Every operator's cases as files; what was refused has a reason each. */
const CASES_WRITTEN: readonly Written[] = (Object.keys(OPS) as OpName[])
  .filter((op) => typeof RULES[op] === "function")
  .flatMap((op) =>
    fc.sample(CASES[op], { numRuns: 40, seed: 11 }).flatMap((one, at): readonly Written[] => {
      const [first] = one.inputs;
      if (first === undefined || first.values.length === 0) return [];
      const model = modelOf(op, one, at % 2 === 1);
      const written = writeMlProgram(model);
      if (!written.ok) {
        for (const { reason, instead } of written.reasons) expect([reason, instead]).not.toContain("");
        return [];
      }
      const feed = Object.fromEntries(
        model.graph.inputs.map(({ name }) => [name, one.inputs[Number(name.slice(1))]!]),
      );
      return [{ op, one, model, files: written.files, feed: feed as Written["feed"] }];
    }),
  );

test("operators agree with the interpreter of graphs", () => {
  const counts = Object.groupBy(CASES_WRITTEN, ({ op }) => op);
  const few = (Object.keys(OPS) as OpName[]).filter(
    (op) => typeof RULES[op] === "function" && (counts[op]?.length ?? 0) < 3,
  );
  expect(few).toEqual([]);
  const faults = CASES_WRITTEN.flatMap(({ op, one, model, files, feed }): readonly string[] => {
    const wrong = checkProgram(files);
    if (wrong.length > 0) return [`${op}: ${wrong.join("; ")} ${JSON.stringify(one)}`];
    const wanted = interpret(model, feed);
    const answers = interpretProgram(files, feed);
    return model.graph.outputs.flatMap(({ name }) => {
      const answer = answers[name]!;
      if (!("values" in answer)) return [`${op} ${name} is no tensor`];
      const right = wanted[name]!;
      const finite = right.values.filter(Number.isFinite).map(Math.abs);
      const scale = finite.reduce((most, value) => Math.max(most, value), one.scale ?? 1e-30);
      const far = right.values.findIndex(
        (value, i) =>
          !Object.is(answer.values[i]! + 0, value + 0) &&
          !(Math.abs(answer.values[i]! - value) <= 2e-6 * scale),
      );
      const dims = right.dims.length === 0 ? [1] : right.dims;
      return answer.dims.join() === dims.join() && far < 0
        ? []
        : [`${op} ${name} at ${far}: ${answer.values[far]}, not ${right.values[far]} ${JSON.stringify(one)}`];
    });
  });
  expect(faults).toEqual([]);
});

/** A number as the script writes it. */
const numberOf = (value: number | string): number =>
  typeof value === "number" ? value : { inf: Infinity, "-inf": -Infinity }[value]!;

test.skipIf(!hasCoremlPython())(
  "coremltools loads every case, and folds it to the same numbers where it can",
  async () => {
    const feeds = CASES_WRITTEN.map(({ feed }) =>
      Object.fromEntries(Object.entries(feed).map(([name, { values }]) => [name, values])),
    );
    const verdicts = await checkCoreml(
      CASES_WRITTEN.map(({ files }) => files),
      feeds,
    );
    const folded = new Map<OpName, number>();
    const faults = verdicts.flatMap((verdict, at): readonly string[] => {
      const { op, one, model, feed } = CASES_WRITTEN[at]!;
      if ("error" in verdict) return [`${op}: ${verdict.error} ${JSON.stringify(one)}`];
      const wanted = interpret(model, feed);
      return Object.entries(verdict.answers ?? {}).flatMap(([name, answer]) => {
        // Which of equal numbers comes first, MIL leaves open.
        if (answer === null || (op === "TopK" && name === "y1")) return [];
        folded.set(op, (folded.get(op) ?? 0) + 1);
        const right = wanted[name]!.values;
        const finite = right.filter(Number.isFinite).map(Math.abs);
        const scale = finite.reduce((most, value) => Math.max(most, value), one.scale ?? 1e-30);
        const far = right.findIndex((value, i) => {
          const own = numberOf(answer[i]!) ?? Number.NaN;
          return !Object.is(own + 0, value + 0) && !(Math.abs(own - value) <= 4e-6 * scale);
        });
        return far < 0
          ? []
          : [`${op} ${name} at ${far}: ${answer[far]}, not ${right[far]} ${JSON.stringify(one)}`];
      });
    });
    expect(faults).toEqual([]);
    expect(folded.size).toBeGreaterThanOrEqual(110);
  },
);

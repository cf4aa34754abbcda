import * as ort from "onnxruntime-node";
import { expect } from "vitest";
import { checkModel } from "../../check.ts";
import type { ElementType } from "../../element-type.ts";
import type { OnnxAttribute, OnnxModel, OnnxNode, ValueInfo } from "../../onnx.ts";
import { writeOnnx } from "../../onnx-write.ts";
import { textLookups } from "../../source/text-lookup.ts";
import { standardOperators } from "../standard-operators.ts";

/** An attribute as a test writes it. */
export type Given = number | string | readonly number[] | readonly string[];
type Cells = Float32Array | Float64Array | BigInt64Array | Int32Array | string[];
/** What a model is run on, by input. */
export type Feeds = Readonly<Record<string, { type: ElementType; dims: readonly number[]; cells: Cells }>>;

const INTS = new Set([
  "targets",
  "n_targets",
  "multi_class",
  "zeros",
  "default_int64",
  "replaced_value_int64",
  "keepdims",
  "n_supports",
  "one_class",
  "to",
]);

function tagged(name: string, value: Given): OnnxAttribute {
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "number") return { type: INTS.has(name) ? "int" : "float", value };
  if (value.some((one) => typeof one === "string")) return { type: "strings", value: value as string[] };
  return {
    type: /int|input|ids$|per_class$/.test(name) && name !== "intercepts" ? "ints" : "floats",
    value: value as number[],
  };
}

/** A node; of ai.onnx.ml unless another domain is said. */
export const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  given: Readonly<Record<string, Given>> = {},
  domain = "ai.onnx.ml",
): OnnxNode => ({
  name: op,
  op,
  domain,
  inputs,
  outputs,
  attributes: Object.fromEntries(Object.entries(given).map(([name, value]) => [name, tagged(name, value)])),
});

/** An input or output. */
export const info = (
  name: string,
  elementType: ElementType,
  dims: readonly (number | string)[],
): ValueInfo => ({
  name,
  elementType,
  dims,
});

/** A model of these nodes in opset 18. */
export function modelOf(nodes: readonly OnnxNode[], feeds: Feeds, outputs: readonly ValueInfo[]): OnnxModel {
  return {
    irVersion: 8,
    opsets: [
      { domain: "", version: 18 },
      {
        domain: "ai.onnx.ml",
        version: nodes.some(({ attributes }) => "classes_strings" in attributes) ? 1 : 3,
      },
    ],
    producerName: "test",
    producerVersion: "",
    metadata: {},
    graph: {
      name: "g",
      nodes,
      initializers: [],
      inputs: Object.entries(feeds).map(([name, { type, dims }]) =>
        info(name, type, ["N", ...dims.slice(1)]),
      ),
      outputs,
    },
  };
}

/** The outputs that ONNX Runtime gives. */
export async function runs(model: OnnxModel, feeds: Feeds) {
  const session = await ort.InferenceSession.create(writeOnnx(model), {
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    graphOptimizationLevel: "disabled",
  });
  const tensors = Object.entries(feeds).map(([name, { type, dims, cells }]) => [
    name,
    new ort.Tensor(type as "float32", cells as Float32Array, dims),
  ]);
  const made = await session.run(Object.fromEntries(tensors));
  await session.release();
  return made;
}

/** Runs both models and compares every output: numbers within 1e-6 of their magnitude, labels exactly. */
export async function agree(model: OnnxModel, feeds: Feeds) {
  const done = standardOperators(model);
  const texts = Object.values(feeds).some(({ type }) => type === "string");
  expect(
    done.model.graph.nodes.filter(({ domain, op }) => domain !== "" && !(texts && op === "LabelEncoder")),
  ).toEqual([]);
  const types = checkModel(textLookups(done.model).model);
  const [before, after] = [await runs(model, feeds), await runs(done.model, feeds)];
  for (const { name } of model.graph.outputs) {
    const [was, is] = [before[name]!, after[name]!];
    expect(is.dims).toEqual(was.dims);
    const words = done.texts[name];
    const now = Array.from(is.data as Iterable<number | bigint | string>, (one) =>
      words === undefined ? one : words[Number(one)]!,
    );
    expect(types.get(name)?.elementType).toBe(is.type);
    for (const [at, one] of [...(was.data as Iterable<number | bigint | string>)].entries())
      if (typeof one !== "number" || !Number.isFinite(one)) expect(now[at]).toEqual(one);
      else expect(Math.abs((now[at] as number) - one)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(one)));
  }
  return done;
}

/** Rows of seeded numbers; one of zeros, one with a missing number, one that is all equal. */
export function rows(count: number, width: number): Float32Array {
  let state = 7;
  const cells = Float32Array.from({ length: count * width }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 6;
  });
  return cells.fill(0, width, 2 * width).fill(1, 2 * width, 3 * width);
}
/** Rows of fractions. */
export const x = (width = 3, missing = false) => {
  const cells = rows(24, width);
  if (missing) cells[3 * width] = cells[5 * width + 1] = Number.NaN;
  return { x: { type: "float32", dims: [24, width], cells } } as const;
};
/** Rows of whole numbers. */
export const whole = (width = 3) =>
  ({
    x: {
      type: "int64",
      dims: [24, width],
      cells: BigInt64Array.from(rows(24, width), (one) => BigInt(Math.round(one))),
    },
  }) as const;
/** Rows of fractions of 64 bits. */
export const double = (width = 3) =>
  ({ x: { type: "float64", dims: [24, width], cells: Float64Array.from(rows(24, width)) } }) as const;

/** The output `y`. */
export const y = (type: ElementType = "float32", dims: readonly (number | string)[] = ["N", 3]) => [
  info("y", type, dims),
];

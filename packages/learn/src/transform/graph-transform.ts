import { checkModel, inline, interpret, readOnnx, type GraphBuilder, type OnnxModel } from "@tideline/graph";
import { isTidelineError, tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import { illegalOption } from "../net/check-option.ts";
import { isRecord } from "../net/estimator/option-form.ts";
import { checkVectors } from "./custom/check-vector.ts";
import type { TransformVector } from "./custom/transform-vector.ts";
import { numberColumns } from "./number-graph.ts";
import { NUMBER_KINDS } from "./number-transform.ts";
import { resolveOptions } from "./resolve-options.ts";
import { learnsNothing } from "./stateless-fit.ts";
import { transformOf, type Selection, type Transform } from "./transform.ts";
import type { AnyTransformDef, GraphColumn, TransformDef } from "./transform-def.ts";

/** What {@link graphTransform} takes. */
export interface GraphTransformOptions {
  /** The bytes of an ONNX model whose inputs and outputs are float32 [N, width]. */
  readonly model: Uint8Array;
  /** The column of each input of the model. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The column that each output of the model becomes; outputs that are not named are left out. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What it must give, by the names of columns: numbers, or lists of as many as a vector has. Held against it and stored with it. */
  readonly vectors?: readonly GraphVector[];
}

/** A vector of {@link graphTransform}: plain numbers, because it is stored. */
export interface GraphVector extends Pick<TransformVector, "name" | "tolerance"> {
  readonly rows: Readonly<Record<string, readonly (number | null | readonly number[])[]>>;
  readonly gives: Readonly<Record<string, readonly (number | null | readonly number[])[]>>;
}

const KIND = "graphTransform";
const names = {
  expected: "an object of texts, at least one",
  fits: (value: unknown) =>
    isRecord(value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((name) => typeof name === "string") &&
    new Set(Object.values(value)).size === Object.keys(value).length,
};
const FORMS_OF = {
  model: { expected: "the bytes of an ONNX model", fits: (value: unknown) => value instanceof Uint8Array },
  inputs: names,
  outputs: names,
  vectors: {
    expected: "a list of { rows, gives, name?, tolerance? }, columns of numbers by name",
    fits: (value: unknown) => Array.isArray(value) && value.length <= 1000 && value.every(isVector),
  },
};

function isVector(value: unknown): value is GraphVector {
  if (!isRecord(value)) return false;
  const { rows, gives, name, tolerance, ...others } = value;
  const numbers = (list: unknown): boolean =>
    Array.isArray(list) &&
    list.every((one) => one === null || typeof one === "number" || (Array.isArray(one) && numbers(one)));
  return (
    [rows, gives].every((columns) => isRecord(columns) && Object.values(columns).every(numbers)) &&
    (name === undefined || typeof name === "string") &&
    (tolerance === undefined || (typeof tolerance === "number" && tolerance >= 0)) &&
    Object.keys(others).length === 0
  );
}

const models = new WeakMap<Uint8Array, OnnxModel>();

function modelOf(bytes: Uint8Array): OnnxModel {
  const known = models.get(bytes);
  if (known !== undefined) return known;
  const model = readOnnx(bytes);
  checkModel(model);
  models.set(bytes, model);
  return model;
}

/** The width of each named output. */
function widthsOf({
  model,
  outputs,
}: GraphTransformOptions): readonly { readonly name: string; readonly width: number }[] {
  const { graph } = modelOf(model);
  return Object.entries(outputs).map(([own, name]) => ({
    name,
    width: Number(graph.outputs.find((output) => output.name === own)!.dims[1]),
  }));
}

/** The definition behind {@link graphTransform}. */
export const GRAPH_TRANSFORM: TransformDef<GraphTransformOptions, null> = Object.freeze({
  kind: KIND,
  traits: { accepts: NUMBER_KINDS, labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve(given: GraphTransformOptions) {
    const options = resolveOptions(KIND, FORMS_OF, {}, given, ["model", "inputs", "outputs"]);
    checkEnds(options);
    checkVectors(GRAPH_TRANSFORM as unknown as AnyTransformDef, vectorsOf(options));
    return options;
  },
  vectors: vectorsOf,
  begin({ model, inputs }: GraphTransformOptions, schema: FrameSchema) {
    for (const input of modelOf(model).graph.inputs) {
      const column = schema.find(({ name }) => name === inputs[input.name]);
      const width = column?.kind === "vector" ? column.width : 1;
      if (column !== undefined && (input.dims[1] === width || typeof input.dims[1] === "string")) continue;
      throw tidelineError("ARGUMENT_INVALID", {
        who: KIND,
        field: `input "${input.name}"`,
        expected: `the column "${inputs[input.name]}" of width ${input.dims[1]}`,
        received: column === undefined ? "none of that name" : `width ${width}`,
      });
    }
    return learnsNothing(null);
  },
  outputs: (_: null, options: GraphTransformOptions) =>
    widthsOf(options).map(({ name, width }) =>
      width === 1 ? { name, kind: "float" as const } : { name, kind: "vector" as const, width },
    ),
  apply(_: null, options: GraphTransformOptions, columns: readonly Column[], rows: number) {
    const made = rows === 0 ? {} : interpret(modelOf(options.model), feedsOf(options, columns, rows));
    return widthsOf(options).map(({ name, width }, at): Column => {
      const own = Object.keys(options.outputs)[at]!;
      const values = Float64Array.from(made[own]?.values ?? []);
      return width === 1 ? { kind: "float", name, values } : { kind: "vector", name, width, values };
    });
  },
  lower(_: null, options: GraphTransformOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    const values = new Map(numberColumns(KIND, columns).map(({ name, value }) => [name, value]));
    const inputs = Object.entries(options.inputs).map(([own, name]) => [own, values.get(name)!] as const);
    const made = inline(g, modelOf(options.model), Object.fromEntries(inputs));
    return widthsOf(options).map(({ name, width }, at): GraphColumn => {
      const own = Object.keys(options.outputs)[at]!;
      return { kind: "number", name, width, value: made[own]! };
    });
  },
});

/** The vectors, each of the transform without them. */
function vectorsOf({ vectors = [], ...options }: GraphTransformOptions): readonly TransformVector[] {
  const { model, inputs, outputs } = options;
  const columns = [...new Set(Object.values(inputs))];
  return vectors.map((vector) => ({ ...vector, options: { model, inputs, outputs, columns, keep: true } }));
}

function feedsOf({ inputs }: GraphTransformOptions, columns: readonly Column[], rows: number) {
  return Object.fromEntries(
    Object.entries(inputs).map(([own, name]) => {
      const values = numbersOf(
        columns.find((column) => column.name === name)!,
        KIND,
      );
      return [own, { dims: [rows, values.length / rows], values }] as const;
    }),
  );
}

/** Wants inputs and outputs to be those of the model, float32 [N, width]. @throws DEFINITION_ILLEGAL */
function checkEnds({ model, inputs, outputs }: GraphTransformOptions): void {
  let read: OnnxModel;
  try {
    read = modelOf(model);
  } catch (error) {
    if (!isTidelineError(error)) throw error;
    throw illegalOption(KIND, "model", "an ONNX model that can be computed", error.message);
  }
  const { graph } = read;
  const listed = (ends: typeof graph.inputs) => ends.map(({ name }) => name).join(", ");
  const strange = Object.keys(outputs).find((name) => !graph.outputs.some((output) => output.name === name));
  if (strange !== undefined)
    throw illegalOption(KIND, "outputs", `some of ${listed(graph.outputs)}`, strange);
  const given = Object.keys(inputs);
  if (given.length !== graph.inputs.length || !graph.inputs.every(({ name }) => given.includes(name)))
    throw illegalOption(KIND, "inputs", listed(graph.inputs), given.join(", "));
  for (const end of [...graph.inputs, ...graph.outputs.filter(({ name }) => name in outputs)])
    if (end.elementType !== "float32" || end.dims.length !== 2 || typeof end.dims[0] === "number")
      throw illegalOption(
        KIND,
        "model",
        `"${end.name}" to be float32 [N, width]`,
        `${end.elementType} [${end.dims.join(", ")}]`,
      );
  for (const { name, dims } of graph.outputs)
    if (name in outputs && typeof dims[1] !== "number")
      throw illegalOption(KIND, "model", `a width of "${name}"`, String(dims[1]));
}

/**
 * A transform of your own as an ONNX subgraph: each row by itself, the same in a frame (by the reference kernels) and in the graph of a
 * model, where it is placed as it is. The columns that it reads stay with `keep: true`. Check it with `transformChecks(GRAPH_TRANSFORM, ...)`.
 *
 * @throws DEFINITION_ILLEGAL for a model that is malformed, has operators that we do not know, or other inputs and outputs.
 * @example
 * fitTransform(graphTransform({ model: bytes, inputs: { x: "acc" }, outputs: { energy: "energy" } }), rows);
 */
export function graphTransform(options: GraphTransformOptions & Pick<Selection, "keep">): Transform {
  const columns = isRecord(options.inputs) ? [...new Set(Object.values(options.inputs))] : [];
  return transformOf(GRAPH_TRANSFORM, { ...options, columns: columns as readonly string[] });
}

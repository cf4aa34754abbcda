import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isTidelineError } from "@tideline/spec";
import { checkModel } from "../../check.ts";
import { numbersOf } from "../../computable.ts";
import { ELEMENT_TYPES } from "../../element-type.ts";
import { interpret } from "../../interpret.ts";
import type { OnnxModel, OnnxTensor } from "../../onnx.ts";
import { readTensor } from "../../onnx-read-tensor.ts";
import { readOnnx } from "../../onnx-read.ts";
import type { Tensor } from "../op-definition.ts";

/** How far a result may be from the published one: ONNX's own runner allows `atol + rtol |expected|`. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** The tensors `input_0.pb`, `input_1.pb`, ... of a data set. */
function readTensors(folder: string, prefix: "input" | "output"): readonly OnnxTensor[] {
  const count = readdirSync(folder).filter((file) => file.startsWith(`${prefix}_`)).length;
  return Array.from({ length: count }, (_, at) =>
    readTensor(readFileSync(join(folder, `${prefix}_${at}.pb`))),
  );
}

/** The model with its fed inputs as constants, for shape rules that want to know axes and lengths. */
function withConstants(model: OnnxModel, fed: readonly OnnxTensor[]): OnnxModel {
  const { graph } = model;
  const initializers = graph.inputs.flatMap(({ name }, at) => (fed[at] ? [{ ...fed[at], name }] : []));
  const inputs = graph.inputs.slice(fed.length);
  return { ...model, graph: { ...graph, inputs, initializers: [...graph.initializers, ...initializers] } };
}

/** Checks the model as it is; where a shape hangs on what is fed, with that as constants. */
function checkWith(model: OnnxModel, fed: readonly OnnxTensor[]): void {
  try {
    checkModel(model);
  } catch (error) {
    if (!isTidelineError(error, "GRAPH_ILLEGAL") || fed.length === 0) throw error;
    checkModel(withConstants(model, fed));
  }
}

/** What is wrong with a result, or undefined. Integers and truths are equal; infinities and NaN are themselves. */
function differenceOf(ours: Tensor, theirs: OnnxTensor, { rtol, atol }: Tolerance): string | undefined {
  if (ours.elementType !== theirs.elementType) return `is ${ours.elementType}, not ${theirs.elementType}`;
  if (ours.dims.join() !== theirs.dims.join()) return `has shape [${ours.dims}], not [${theirs.dims}]`;
  const exact = ELEMENT_TYPES[theirs.elementType].kind !== "float";
  const wanted = numbersOf(theirs);
  for (const [at, value] of wanted.entries()) {
    const number = ours.values[at]!;
    const near = Math.abs(number - value) <= (exact ? 0 : atol + rtol * Math.abs(value));
    if (!near && !Object.is(number, value)) return `is ${number} at ${at}, not ${value}`;
  }
  return undefined;
}

/**
 * Reads a published case, checks its model, runs it on each of its data sets, and compares.
 *
 * @returns what is wrong, or undefined where all is as published.
 */
export function backendFault(folder: string, tolerance: Tolerance): string | undefined {
  try {
    const model = readOnnx(readFileSync(join(folder, "model.onnx")));
    const sets = readdirSync(folder).filter((name) => name.startsWith("test_data_set_"));
    for (const name of sets) {
      const fed = readTensors(join(folder, name), "input");
      checkWith(model, fed);
      const named = model.graph.inputs.flatMap((input, at) =>
        fed[at] ? [[input.name, { dims: fed[at].dims, values: numbersOf(fed[at]) }] as const] : [],
      );
      const results = interpret(model, Object.fromEntries(named));
      for (const [at, theirs] of readTensors(join(folder, name), "output").entries()) {
        const output = model.graph.outputs[at]!.name;
        const fault = differenceOf(results[output]!, theirs, tolerance);
        if (fault !== undefined) return `output "${output}" ${fault}`;
      }
    }
    return sets.length === 0 ? "it has no data" : undefined;
  } catch (error) {
    if (isTidelineError(error)) return error.message;
    throw error;
  }
}

import { ALONG_KERNELS } from "./along-kernel.ts";
import type { Given, Kernel } from "./arguments.ts";
import { tensorAt } from "./arguments.ts";
import { CONSTANT_KERNELS } from "./constant-kernel.ts";
import { LAYER_KERNELS } from "./layer-kernel.ts";
import { lstm } from "./lstm-kernel.ts";
import { MOVE_KERNELS } from "./move-kernel.ts";
import { POINTWISE_KERNELS } from "./pointwise-kernel.ts";
import {
  readProgram,
  type ProgramConstant,
  type ProgramValueType,
  type ReadProgram,
} from "./read-program.ts";
import { broken, countOf, roundTo, type ProgramTensor } from "./tensor.ts";

/** What a program gives: a tensor, the label of a class, or the probability of each. */
export type ProgramAnswer =
  | { readonly dims: readonly number[]; readonly values: Float64Array }
  | { readonly label: string | number }
  | { readonly probabilities: ReadonlyMap<string | number, number> };

/** An array of numbers that a program is fed. */
export interface ProgramFeed {
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

const KERNELS: Readonly<Record<string, Kernel>> = {
  ...ALONG_KERNELS,
  ...CONSTANT_KERNELS,
  ...LAYER_KERNELS,
  ...MOVE_KERNELS,
  ...POINTWISE_KERNELS,
  lstm,
};

/** The operators that the interpreter computes. */
export const PROGRAM_OPERATORS: readonly string[] = Object.keys(KERNELS);

/** Whether a tensor is what its program says of it. */
function demandType(name: string, { type, dims }: ProgramTensor, declared: ProgramValueType): void {
  const fits =
    declared.kind === "tensor" &&
    declared.type === type &&
    declared.dims.length === dims.length &&
    declared.dims.every((dim, axis) => dim === undefined || dim === dims[axis]);
  if (fits) return;
  const wanted =
    declared.kind === "tensor"
      ? `${declared.type}[${declared.dims.map((dim) => dim ?? "?").join()}]`
      : declared.kind;
  throw broken(name, wanted, `${type}[${dims.join()}]`);
}

function classify(given: Given): readonly [ProgramAnswer, ProgramAnswer] {
  const { values } = tensorAt(given, "probabilities");
  const labels = given["classes"] as readonly (string | number)[] | undefined;
  if (!Array.isArray(labels)) throw broken("classes", "a list of labels", "another thing");
  if (labels.length !== values.length)
    throw broken("classes", `${values.length} labels`, String(labels.length));
  let best = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[best]!) best = at;
  return [
    { label: labels[best]! },
    { probabilities: new Map(labels.map((label, at) => [label, values[at]!])) },
  ];
}

/** Runs a program that was read. @throws as {@link interpretProgram}. */
export function runProgram(
  program: ReadProgram,
  feeds: Readonly<Record<string, ProgramFeed>>,
): Readonly<Record<string, ProgramAnswer>> {
  const values = new Map<string, ProgramConstant>();
  const answers = new Map<string, ProgramAnswer>();
  for (const { name, type } of program.inputs) {
    const feed = feeds[name];
    if (feed === undefined) throw broken(name, "a feed", "none");
    if (type.kind !== "tensor" || feed.values.length !== countOf(feed.dims))
      throw broken(name, `${countOf(feed.dims)} numbers`, String(feed.values.length));
    const fed = {
      type: type.type,
      dims: feed.dims,
      values: Float64Array.from(feed.values, roundTo(type.type)),
    };
    demandType(name, fed, type);
    values.set(name, fed);
  }
  const valueOf = (name: string): ProgramConstant => {
    const value = values.get(name);
    if (value === undefined) throw broken("program", `a value "${name}" before it is read`, "none");
    return value;
  };
  for (const { type, inputs, outputs, attributes } of program.operations) {
    if (type === "const") {
      const value = attributes["val"];
      if (value === undefined || outputs.length !== 1)
        throw broken("const", "one value and one name", "others");
      if (typeof value === "object" && "dims" in value) demandType(outputs[0]!.name, value, outputs[0]!.type);
      values.set(outputs[0]!.name, value);
      continue;
    }
    const given: Given = {
      ...attributes,
      ...Object.fromEntries(
        Object.entries(inputs).map(([key, argument]) => {
          if ("constant" in argument) return [key, argument.constant];
          const list = argument.names.map(valueOf);
          return [key, list.length === 1 ? list[0]! : (list as readonly ProgramTensor[])];
        }),
      ),
    };
    if (type === "classify") {
      if (outputs.length !== 2) throw broken("classify", "two outputs", String(outputs.length));
      for (const [at, answer] of classify(given).entries()) answers.set(outputs[at]!.name, answer);
      continue;
    }
    if (!Object.hasOwn(KERNELS, type)) throw broken("operator", "one that the interpreter knows", type);
    const results = [KERNELS[type]!(given)].flat() as readonly ProgramTensor[];
    if (outputs.length > results.length)
      throw broken(type, `${results.length} outputs`, String(outputs.length));
    for (const [at, { name, type: declared }] of outputs.entries()) {
      demandType(`${type} ${name}`, results[at]!, declared);
      values.set(name, results[at]!);
    }
  }
  return Object.fromEntries(
    program.outputs.map((name) => {
      const answer = answers.get(name);
      if (answer !== undefined) return [name, answer];
      const { dims, values: numbers } = valueOf(name) as ProgramTensor;
      return [name, { dims, values: numbers }];
    }),
  );
}

/**
 * Computes the files of a `.mlpackage` with an ML Program as MIL's documentation says its operators: its own reader, its own
 * loops, numbers rounded to each value's type; slow, and sure. It stands in for Core ML where there is no Apple hardware.
 *
 * @throws MODEL_MALFORMED for a program that does not hold together: dangling names, values of other types or shapes than
 *   it declares, weights that are not where it says.
 *
 * @example
 * const answers = interpretProgram(files, { x: { dims: [1, 9], values: row } });
 */
export const interpretProgram = (
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  feeds: Readonly<Record<string, ProgramFeed>>,
): Readonly<Record<string, ProgramAnswer>> => runProgram(readProgram(files), feeds);

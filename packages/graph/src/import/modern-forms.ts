import { findDefinition, nodeTitle } from "../call.ts";
import { numbersOf } from "../computable.ts";
import { valuesOf, type ElementType } from "../element-type.ts";
import { OPSET, tensorTypeOf, type OnnxModel, type OnnxNode, type OnnxTensor } from "../onnx.ts";
import { sinceOf } from "../opset.ts";
import { unsupported } from "../unsupported.ts";
import type { FormCall } from "./form-call.ts";
import { OLD_FORMS, type OldForm } from "./old-form.ts";
import { typeWalk } from "./type-walk.ts";
import { writtenSteps } from "./written-steps.ts";

/** A model whose operators have the forms that we know. */
export interface ModernModel {
  readonly model: OnnxModel;
  /** How many nodes were rewritten. */
  readonly rewrites: number;
  /** What is otherwise than in the model that was given, in sentences. */
  readonly notes: readonly string[];
}

/** The oldest opset that is brought up: before it operators broadcast by attributes. It came with ONNX 1.2, in 2018. */
const OLDEST = 7;

/** The first version of the file format in which a constant is no input. */
const IR_CONSTANTS = 4;

/** So many names are told in a note. */
const MOST_NAMES = 8;

const isStandard = ({ domain }: { readonly domain: string }): boolean =>
  domain === "" || domain === "ai.onnx";

function formOf(node: OnnxNode, opset: number): OldForm | undefined {
  const form = isStandard(node) && Object.hasOwn(OLD_FORMS, node.op) ? OLD_FORMS[node.op] : undefined;
  return form !== undefined && opset < form.before ? form : undefined;
}

/** Whether an operator's present form is newer than the opset, or it is one that no opset has. */
function isOld(node: OnnxNode, opset: number): boolean {
  if (!isStandard(node)) return false;
  if (formOf(node, opset)?.before === Infinity) return true;
  const definition = findDefinition(node);
  return definition !== undefined && sinceOf(definition) > opset;
}

/** Constants are constants and no inputs, as files say since 2019; later ones say so of inputs that may be left out. */
function withFreeInputs(model: OnnxModel): { readonly model: OnnxModel; readonly notes: readonly string[] } {
  const constants = new Set(model.graph.initializers.map(({ name }) => name));
  const inputs = model.graph.inputs.filter(({ name }) => !constants.has(name));
  const fixed = model.graph.inputs.filter(({ name }) => constants.has(name));
  const isEarly = model.irVersion < IR_CONSTANTS;
  if (!isEarly && fixed.length === 0) return { model, notes: [] };
  const irVersion = Math.max(model.irVersion, IR_CONSTANTS);
  const names = fixed.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = fixed.length > names.length ? ` and ${fixed.length - names.length} more` : "";
  return {
    model: { ...model, irVersion, graph: { ...model.graph, inputs } },
    notes: isEarly ? [] : [`inputs that the file has values of are constants: ${names.join(", ")}${more}`],
  };
}

/**
 * Writes operators in the forms of opset 18 where a model states an older one in which they said the same otherwise: axes and
 * bounds as attributes, Softmax over all later axes, Upsample. A model whose operators all have the forms that we know stays as
 * it is, with its opset; operators that are not known stay too. Names of inputs and outputs stay. An input that the file has a
 * value of is that constant. Loops and branches that are known are written out (`writtenSteps`).
 *
 * @throws MODEL_UNSUPPORTED for opsets before 7 (ONNX 1.2), and for what the forms of 18 cannot say; MODEL_MALFORMED for a loop or
 * branch without its graph, or with one that takes or gives other values.
 *
 * @example
 * const { model: modern, rewrites } = modernForms(readOnnx(bytes));
 */
export function modernForms(given: OnnxModel): ModernModel {
  const free = withFreeInputs(given);
  const steps = writtenSteps(free.model);
  const { model } = steps;
  const { graph } = model;
  const notes = [...free.notes, ...steps.notes];
  const opset = model.opsets.find(isStandard)?.version ?? OPSET;
  if (!graph.nodes.some((node) => isOld(node, opset))) return { model, rewrites: steps.rewrites, notes };
  if (opset < OLDEST)
    throw unsupported(
      `graph "${graph.name}"`,
      `opset ${OLDEST} or newer; export it anew with opset ${OPSET}`,
      `opset ${opset}`,
    );
  const declared = [...(graph.values ?? []), ...graph.outputs, ...graph.inputs];
  const constants: OnnxTensor[] = [];
  const byName = new Map<string, OnnxTensor>(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const ranks = new Map<string, number>();
  for (const { op, outputs, attributes } of graph.nodes) {
    const { value } = attributes;
    if (op === "Constant" && value?.type === "tensor") byName.set(outputs[0]!, value.value);
    if (op === "Gemm" || op === "Flatten") ranks.set(outputs[0]!, 2);
  }
  for (const value of declared) {
    const known = tensorTypeOf(value);
    if (known !== undefined) ranks.set(value.name, known.dims.length);
  }
  const walk = typeWalk(model);
  const types = new Map<string, ElementType>(
    [...declared, ...graph.initializers].map(({ name, elementType }) => [name, elementType]),
  );
  const taken = new Set([...types.keys(), ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs])]);
  const fresh = (prefix: string): string => {
    let count = 1;
    while (taken.has(`${prefix}_${count}`)) count += 1;
    taken.add(`${prefix}_${count}`);
    return `${prefix}_${count}`;
  };
  const callOf = (node: OnnxNode): FormCall => ({
    who: nodeTitle(node, graph.name),
    node,
    opset,
    constant(elementType, values, dims = [values.length]) {
      const tensor = { name: fresh("constant"), elementType, dims, values: valuesOf(elementType, values) };
      constants.push(tensor);
      walk.hold(tensor);
      return tensor.name;
    },
    known(name) {
      const tensor = name === undefined ? undefined : byName.get(name);
      return tensor && Array.from(numbersOf(tensor));
    },
    rank: (name) => walk.types.get(name)?.dims.length ?? ranks.get(name),
    elementType: (name) => walk.types.get(name)?.elementType ?? types.get(name) ?? "float32",
    fresh,
  });
  let { rewrites } = steps;
  const nodes = graph.nodes.flatMap((node) => {
    const form = formOf(node, opset);
    const written = form === undefined ? [node] : form.rewrite(callOf(node));
    written.forEach(walk.follow);
    rewrites += Number(written[0] !== node);
    return written;
  });
  const version = Math.max(opset, OPSET);
  return {
    model: {
      ...model,
      opsets: model.opsets.map((one) => (isStandard(one) ? { ...one, version } : one)),
      graph: { ...graph, nodes, initializers: [...graph.initializers, ...constants] },
    },
    rewrites,
    notes: version > opset ? [...notes, `opset ${opset} is brought up to ${version}`] : notes,
  };
}

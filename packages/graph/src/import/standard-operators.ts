import { findDefinition, inferCall, nodeTitle, resolveAttributes, tagAttribute } from "../call.ts";
import { numbersOf } from "../computable.ts";
import { ELEMENT_TYPES, valuesOf } from "../element-type.ts";
import { formatDims, type OnnxModel, type OnnxNode, type OnnxTensor, type TensorType } from "../onnx.ts";
import type { OpInput } from "../op/op-definition.ts";
import { OPS } from "../op/registry.ts";
import { unsupported } from "../unsupported.ts";
import type { MlCall, MlRewriting, MlValue } from "./ml-call.ts";
import { movedUp } from "./moved-up.ts";
import { raisedOpsets } from "./raised-opsets.ts";
import { withoutOnlyColumns } from "./only-column.ts";
import { ML_REWRITINGS } from "./registry.ts";
import { treesByPlace, wordsOfTrees } from "./worded-trees.ts";

/** A model in standard operators, and what is to be known of it. */
export interface StandardModel {
  readonly model: OnnxModel;
  /** How many nodes were rewritten. */
  readonly rewrites: number;
  /** Outputs that were texts and are places in these. */
  readonly texts: Readonly<Record<string, readonly string[]>>;
  /** What is otherwise than in the model that was given, in sentences. */
  readonly notes: readonly string[];
}

const DOMAIN = "ai.onnx.ml";
const STRING_CODE = ELEMENT_TYPES.string.code;

/** Operators through which texts by place stay texts by place. */
const CARRIERS = new Set(["Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"]);

function rewritingOf({ op, domain }: OnnxNode): MlRewriting | undefined {
  if (domain !== DOMAIN || !Object.hasOwn(ML_REWRITINGS, op)) return undefined;
  return ML_REWRITINGS[op as keyof typeof ML_REWRITINGS];
}

/** Whether `standardOperators` writes a node in standard operators. */
export function hasStandardForm(node: OnnxNode): boolean {
  return (rewritingOf(node) !== undefined && !isLookUp(node)) || wordsOfTrees(node) !== undefined;
}

/** A look-up that is as `textLookups` reads it. */
function isLookUp({ op, attributes }: OnnxNode): boolean {
  return op === "LabelEncoder" && "keys_strings" in attributes && "values_int64s" in attributes;
}

/**
 * Writes the operators of ai.onnx.ml that scikit-learn's exporter uses in standard ones: scalers, linear models, normalisers,
 * imputers, encoders. The names of inputs and outputs stay. Maps become tensors, labels that are texts (those of trees, too) their
 * places in a list, and outputs as wide as the operators make them; all is said in the result. Other operators, and look-ups of
 * single texts (`textLookups`), stay as they are.
 *
 * @throws MODEL_UNSUPPORTED for what standard operators cannot say; GRAPH_ILLEGAL for attributes and types against ONNX-ML.
 *
 * @example
 * const { model: standard, texts } = standardOperators(readOnnx(bytes));
 */
export function standardOperators(whole: OnnxModel): StandardModel {
  const graph = withoutOnlyColumns(whole.graph);
  const model = { ...whole, graph };
  const rewritten = graph.nodes.filter(hasStandardForm);
  const asItIs = { model: whole, rewrites: 0, texts: {}, notes: [] };
  if (graph.nodes.every(({ domain }) => domain !== DOMAIN)) return asItIs;
  const version = model.opsets.find(({ domain }) => domain === DOMAIN)?.version ?? 1;
  const types = new Map<string, OpInput>();
  for (const input of graph.inputs) types.set(input.name, input);
  for (const tensor of graph.initializers)
    types.set(tensor.name, {
      elementType: tensor.elementType,
      dims: tensor.dims,
      ...(tensor.elementType === "string" || tensor.values.length > 1024
        ? {}
        : { constant: numbersOf(tensor) }),
    });
  const decoder = new TextDecoder();
  const words = new Map(
    graph.initializers.flatMap(({ name, strings }) =>
      strings === undefined ? [] : [[name, strings.map((text) => decoder.decode(text))] as const],
    ),
  );
  const taken = new Set([...types.keys(), ...graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs])]);
  const texts = new Map<string, readonly string[]>();
  const shares = new Set<string>();
  const notes: string[] = [];
  let classes: readonly string[] | undefined;
  const constants: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  const keptNodes: OnnxNode[] = [];

  const fresh = (prefix: string): string => {
    let count = 1;
    while (taken.has(`${prefix}_${count}`)) count += 1;
    taken.add(`${prefix}_${count}`);
    return `${prefix}_${count}`;
  };
  const define = (node: OnnxNode): void => {
    const { outputs } = inferCall(
      node,
      node.inputs.map((name) => types.get(name)),
      graph.name,
    );
    for (const [at, name] of node.outputs.entries()) if (name !== "") types.set(name, outputs[at]!);
  };
  const append = (node: OnnxNode, type?: TensorType): MlValue => {
    nodes.push(node);
    if (type === undefined) define(node);
    else types.set(node.outputs[0]!, type);
    return { name: node.outputs[0]!, ...types.get(node.outputs[0]!)! };
  };
  const callOf = (node: OnnxNode, { attributes: rules }: MlRewriting): MlCall => {
    const who = nodeTitle(node, graph.name);
    const first = nodes.length;
    const inputs = node.inputs.map((name) => {
      const type = types.get(name);
      if (type === undefined)
        throw unsupported(
          who,
          `input "${name}" of a known type, texts as an input [N, 1] for each column`,
          "one that is not known",
        );
      if (texts.has(name)) throw unsupported(who, `numbers in "${name}"`, "texts");
      return { name, ...type };
    });
    const call: MlCall = {
      who,
      node,
      version,
      inputs,
      attributes: resolveAttributes(who, rules, node),
      op(op, of, attributes = {}) {
        const tagged = Object.entries(attributes).map(([name, value]) => [
          name,
          tagAttribute((OPS[op].attributes as MlRewriting["attributes"])[name]!, value)!,
        ]);
        const output = fresh(op);
        return append({
          name: output,
          op,
          domain: "",
          inputs: of.map(({ name }) => name),
          outputs: [output],
          attributes: Object.fromEntries(tagged),
        });
      },
      wordsOf: ({ name }) => words.get(name),
      cast: (value, elementType) =>
        value.elementType === elementType
          ? value
          : call.op("Cast", [value], { to: ELEMENT_TYPES[elementType].code }),
      constant(elementType, values, dims = [values.length]) {
        const tensor = { name: fresh("constant"), elementType, dims, values: valuesOf(elementType, values) };
        constants.push(tensor);
        types.set(tensor.name, { elementType, dims, constant: values });
        return tensor;
      },
      lookUp(value, keys, codes, rest) {
        const output = fresh("LabelEncoder");
        const attributes = {
          keys_strings: { type: "strings", value: keys },
          values_int64s: { type: "ints", value: codes },
          default_int64: { type: "int", value: rest },
        } as const;
        return append(
          {
            name: output,
            op: "LabelEncoder",
            domain: DOMAIN,
            inputs: [value.name],
            outputs: [output],
            attributes,
          },
          { elementType: "int64", dims: value.dims },
        );
      },
      result(position, value, words) {
        const output = node.outputs[position]!;
        const made = nodes.slice(first).some(({ outputs }) => outputs.includes(value.name));
        types.set(output, types.get(value.name)!);
        if (made) {
          const renamed = (name: string): string => (name === value.name ? output : name);
          for (const [at, one] of nodes.entries())
            if (at >= first)
              nodes[at] = { ...one, inputs: one.inputs.map(renamed), outputs: one.outputs.map(renamed) };
        } else
          nodes.push({
            name: fresh("Identity"),
            op: "Identity",
            domain: "",
            inputs: [value.name],
            outputs: [output],
            attributes: {},
          });
        if (shares.has(value.name)) shares.add(output);
        if (words !== undefined) texts.set(output, words);
      },
      shares: ({ name }) => void shares.add(name),
      isShares: ({ name }) => shares.has(name),
      classes: (found) => void (classes ??= found),
      note: (text) => void notes.push(text),
    };
    return call;
  };
  const carryTexts = (node: OnnxNode): OnnxNode => {
    const carried = node.inputs.map((name) => texts.get(name)).find((found) => found !== undefined);
    if (carried === undefined) return node;
    const { to } = node.attributes;
    const isCast = node.op === "Cast" && to?.type === "int" && to.value === STRING_CODE;
    if (node.domain !== "" || !(isCast || CARRIERS.has(node.op)))
      throw unsupported(nodeTitle(node, graph.name), "numbers", "texts of a classifier's labels");
    texts.set(node.outputs[0]!, carried);
    return isCast ? { ...node, op: "Identity", attributes: {} } : node;
  };

  for (const node of graph.nodes) {
    const rewriting = isLookUp(node) ? undefined : rewritingOf(node);
    if (rewriting !== undefined) {
      rewriting.rewrite(callOf(node, rewriting));
      continue;
    }
    const labels = wordsOfTrees(node);
    const kept = labels === undefined ? carryTexts(node) : treesByPlace(node, labels);
    if (labels !== undefined) {
      texts.set(node.outputs[0]!, labels);
      classes ??= labels;
    }
    keptNodes.push(kept);
    nodes.push(kept);
    const from = types.get(node.inputs[0] ?? "");
    if (isLookUp(node) && node.domain === DOMAIN && from !== undefined)
      types.set(node.outputs[0]!, { elementType: "int64", dims: from.dims });
    else if (
      findDefinition(kept) !== undefined &&
      kept.inputs.every((name) => name === "" || isNumeric(types.get(name)))
    )
      define(kept);
    else if ((node.domain === "" && node.op === "Concat") || (node.domain === "" && CARRIERS.has(node.op))) {
      // Texts on their way to a look-up.
      if (from !== undefined && kept.op === "Identity") types.set(node.outputs[0]!, from);
    }
  }
  // Lengths that rows decide; others are only not known.
  const given = new Set(graph.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === "string")));
  const outputs = graph.outputs.map((output) => {
    const type = types.get(output.name);
    if (type === undefined) return output;
    const isAsDeclared = type.dims.every((dim, axis) => {
      const said = output.dims[axis] ?? "";
      return typeof said === "string" || dim === said || (typeof dim === "string" && !given.has(dim));
    });
    if (output.type === undefined && !texts.has(output.name) && isAsDeclared) return output;
    if (!isAsDeclared)
      notes.push(
        `${output.name} is ${formatDims(type.dims)}, where the file says ${formatDims(output.dims)}`,
      );
    const { type: _, ...plain } = output;
    return { ...plain, elementType: type.elementType, dims: type.dims };
  });
  const named = Object.fromEntries(
    graph.outputs.flatMap(({ name }) => (texts.has(name) ? [[name, texts.get(name)!]] : [])),
  );
  for (const [name, words] of Object.entries(named))
    notes.push(
      `${name} is the place of the label (int64) instead of its text: ${words.map((word, at) => `${at} ${word}`).join(", ")}`,
    );
  const keptSet = new Set(keptNodes);
  const moved = movedUp(
    { ...graph, nodes, outputs, initializers: [...graph.initializers, ...constants] },
    types,
  );
  const isAsItWas = moved.nodes === nodes && outputs.every((output, at) => output === graph.outputs[at]);
  if (rewritten.length === 0 && isAsItWas && graph === whole.graph) return asItIs;
  return {
    model: {
      ...model,
      opsets: raisedOpsets(
        model.opsets,
        keptNodes,
        nodes.filter((node) => !keptSet.has(node)),
      ),
      metadata: { ...(classes && { classes: JSON.stringify(classes) }), ...model.metadata },
      graph: moved,
    },
    rewrites: rewritten.length,
    texts: named,
    notes,
  };
}

const isNumeric = (type: OpInput | undefined): boolean => type !== undefined && type.elementType !== "string";

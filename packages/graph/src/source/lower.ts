import { isTidelineError } from "@tideline/spec";
import { findDefinition, inferCall, nodeTitle } from "../call.ts";
import type { ElementType } from "../element-type.ts";
import type { Dim, OnnxModel } from "../onnx.ts";
import { illegal, type OpInput } from "../op/op-definition.ts";
import type { SourceRule, NotWritten, Shaped } from "./emitter.ts";
import { cellsOf } from "./cells-of.ts";
import type { Cell, Kind, Program, ProgramInput, Step } from "./program.ts";
import { SOURCE_RULES } from "./registry.ts";
import { textSteps } from "./text/emit-text.ts";
import { splitTexts } from "./text/text-chain.ts";

const RULES: Readonly<Record<string, SourceRule>> = SOURCE_RULES;

const KINDS: Partial<Record<ElementType, Kind>> = {
  float32: "float",
  float64: "double",
  int64: "long",
  bool: "bool",
};

/** What each input of codes stands for. */
export type Dictionaries = Readonly<Record<string, readonly string[]>>;

/** The model with one row in every batch: lengths of inputs that only have a name are 1. */
export function ofOneRow(model: OnnxModel): OnnxModel {
  const bound = (dim: Dim): Dim => {
    if (typeof dim === "number" || dim === "") return dim;
    return dim.split("*").reduce((size, factor) => size * (/^\d+$/.test(factor) ? Number(factor) : 1), 1);
  };
  const inputs = model.graph.inputs.map((input) => ({ ...input, dims: input.dims.map(bound) }));
  const outputs = model.graph.outputs.map((output) => ({ ...output, dims: output.dims.map(bound) }));
  return { ...model, graph: { ...model.graph, inputs, outputs } };
}

/** A node, an input or a constant that is not written, and why. */
export interface Unwritten {
  /** As errors name it. */
  readonly what: string;
  /** The operator, of a node. */
  readonly op?: string;
  readonly reason: string;
  /** What does nearly the same, and is written or runs elsewhere. */
  readonly instead?: string;
}

/**
 * A graph as a program for one row, or everything that hinders it.
 *
 * @throws GRAPH_ILLEGAL for a dictionary of what is no input of codes.
 */
export function lowerToProgram(
  given: OnnxModel,
  dictionaries: Dictionaries,
): Program | { readonly unwritten: readonly Unwritten[] } {
  const { numeric, chains, unwritten: texts } = splitTexts(given);
  const { graph } = ofOneRow(numeric);
  const who = `graph "${graph.name}"`;
  const values = new Map<string, Known>();
  const [constants, work, steps]: [Cell[], Cell[], Step[]] = [[], [], []];
  const unwritten: Unwritten[] = [...texts];

  const refuse = (what: string, { unsupported, instead }: NotWritten, op?: string): void => {
    const rest = { ...(op === undefined ? {} : { op }), ...(instead === undefined ? {} : { instead }) };
    unwritten.push({ what, reason: unsupported, ...rest });
  };
  const push = (list: Cell[], cell: Cell): Cell => {
    list.push(cell);
    return cell;
  };
  const own = {
    constant(kind: Kind, numbers: ArrayLike<number>): Cell {
      const isNarrow = kind === "long" && Array.from(numbers).every((one) => (one | 0) === one);
      const cell = { id: `c${constants.length}`, kind, size: numbers.length, constant: numbers };
      return push(constants, isNarrow ? { ...cell, narrow: true } : cell);
    },
    work: (kind: Kind, size: number): Cell => push(work, { id: `v${work.length}`, kind, size }),
  };

  for (const { name, elementType, dims, values: numbers } of graph.initializers) {
    const constant = Array.from(numbers as ArrayLike<number | bigint>, Number);
    const type = { elementType, dims, constant };
    const shaped = shapedOf(name, `c${constants.length}`, type);
    if ("unsupported" in shaped) refuse(`constant "${name}"`, shaped);
    else if (shaped.cell.kind === "long" && !constant.every(Number.isSafeInteger))
      refuse(`constant "${name}"`, { unsupported: "it has integers beyond 2^53" });
    else {
      constants.push(shaped.cell);
      values.set(name, { shaped, type });
    }
  }
  const inputs: ProgramInput[] = [];
  for (const input of graph.inputs) {
    if (input.elementType === "string") continue;
    const chain = chains.find(({ counts }) => counts === input.name);
    if (chain !== undefined) {
      const signs: Cell = { id: `x${inputs.length}`, kind: "long", size: 0, narrow: true, signs: true };
      const counts = own.work("float", chain.width);
      values.set(input.name, {
        shaped: { cell: counts, dims: input.dims as readonly number[] },
        type: input,
      });
      inputs.push({ name: chain.input, cell: signs, text: { dotted: chain.lowercase } });
      steps.push(...textSteps(chain, signs, counts, own));
      continue;
    }
    const dictionary = Object.hasOwn(dictionaries, input.name) ? dictionaries[input.name] : undefined;
    const shaped = shapedOf(input.name, `x${inputs.length}`, input);
    if ("unsupported" in shaped) {
      refuse(`input "${input.name}"`, shaped);
      continue;
    }
    const { cell } = shaped;
    if (dictionary !== undefined && (cell.kind !== "long" || cell.size !== 1))
      throw illegal(who, `dictionary of "${input.name}"`, "an input of one int64", `${input.elementType}`);
    values.set(input.name, { shaped, type: input });
    inputs.push({ name: input.name, cell, ...(dictionary === undefined ? {} : { dictionary }) });
  }
  const stray = Object.keys(dictionaries).find((name) => !graph.inputs.some((input) => input.name === name));
  if (stray !== undefined)
    throw illegal(who, "dictionaries", graph.inputs.map(({ name }) => name).join(", "), stray);

  for (const node of graph.nodes) {
    const title = nodeTitle(node, graph.name);
    const rule = findDefinition(node) === undefined ? UNKNOWN : RULES[node.op]!;
    const from = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    // What comes of a value that is not written is not judged, but for operators that never are.
    const isBlind = rule === UNKNOWN || node.inputs.some((name) => name !== "" && !values.has(name));
    if (isBlind) {
      if (typeof rule === "object") refuse(title, rule, node.op);
      continue;
    }
    const types = from.map((one) => one?.type);
    const call = inferred(node, types, graph.name);
    if ("unsupported" in call) {
      refuse(title, call, node.op);
      continue;
    }
    const { attributes, outputs } = call;
    const isKnown = outputs.every(({ constant }) => constant !== undefined);
    const made: Shaped[] = [];
    for (const [at, name] of node.outputs.entries()) {
      const { constant: _, ...open } = outputs[at]!;
      const list = isKnown ? constants : work;
      const type = isKnown ? outputs[at]! : open;
      const shaped =
        rule === "same array" && !isKnown
          ? { cell: from[0]!.shaped.cell, dims: open.dims as readonly number[] }
          : shapedOf(name, `${isKnown ? "c" : "v"}${list.length}`, type);
      if ("unsupported" in shaped) {
        refuse(title, shaped, node.op);
        continue;
      }
      if (rule !== "same array" || isKnown) list.push(shaped.cell);
      values.set(name, { shaped, type: rule === "same array" ? outputs[at]! : type });
      made.push(shaped);
    }
    if (isKnown || rule === "same array") continue;
    if (typeof rule !== "function") {
      refuse(title, rule, node.op);
      continue;
    }
    if (made.length < node.outputs.length) continue;
    const body = rule({ inputs: from.map((one) => one?.shaped), outputs: made, attributes, ...own });
    if ("unsupported" in body) {
      refuse(title, body, node.op);
      continue;
    }
    const sizes = made.map(({ dims }) => `[${dims.join(", ")}]`).join(", ");
    steps.push({ note: `${node.op}: ${node.outputs.map(plain).join(", ")} ${sizes}`, body });
  }
  if (unwritten.length > 0) return { unwritten };
  const outputs = graph.outputs.map(({ name }) => {
    const known = values.get(name);
    if (known === undefined) throw illegal(who, `output "${name}"`, "a value that is defined", "none");
    return { name, cell: known.shaped.cell };
  });
  const read = cellsOf(steps);
  for (const { cell } of outputs) read.add(cell);
  return { inputs, constants: constants.filter((cell) => read.has(cell)), work, steps, outputs };
}

/** A value that has an array. */
interface Known {
  readonly shaped: Shaped;
  readonly type: OpInput;
}

/** What is known of a node before rows come; an operator of another domain is none of ours. */
function inferred(...call: Parameters<typeof inferCall>): ReturnType<typeof inferCall> | NotWritten {
  try {
    return inferCall(...call);
  } catch (error) {
    if (!isTidelineError(error, "MODEL_UNSUPPORTED")) throw error;
    return { unsupported: `it is ${error.parts.received}, which is not read` };
  }
}

const UNKNOWN: NotWritten = { unsupported: "it is no operator that we know" };

function shapedOf(name: string, id: string, type: OpInput): Shaped | NotWritten {
  const kind = KINDS[type.elementType];
  if (kind === undefined) return { unsupported: `"${name}" is ${type.elementType}`, instead: TYPES };
  if (type.dims.some((dim) => typeof dim === "string"))
    return {
      unsupported: `the length of "${name}" is not known`,
      instead: "a fixed length: import --length, or bindDims in code",
    };
  const dims = type.dims as readonly number[];
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { cell: { id, kind, size, ...(type.constant && { constant: type.constant }) }, dims };
}

const TYPES = `${Object.keys(KINDS).join(", ")}: Cast`;

/** A name as a comment may show it. */
function plain(name: string): string {
  return name.replaceAll(/[^\w ().,-]/g, "?");
}

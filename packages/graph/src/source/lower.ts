import { bindDims } from "../bind-dims.ts";
import { inferCall, nodeTitle } from "../call.ts";
import type { ElementType } from "../element-type.ts";
import type { OnnxModel } from "../onnx.ts";
import { illegal, type OpInput } from "../op/op-definition.ts";
import { isOpName } from "../op/registry.ts";
import type { SourceRule, NotWritten, Shaped } from "./emitter.ts";
import { cellsOf } from "./cells-of.ts";
import type { Cell, Kind, Program, ProgramInput, Step } from "./program.ts";
import { SOURCE_RULES } from "./registry.ts";

const RULES: Readonly<Record<string, SourceRule>> = SOURCE_RULES;

const KINDS: Partial<Record<ElementType, Kind>> = {
  float32: "float",
  float64: "double",
  int64: "long",
  bool: "bool",
};

/** What each input of codes stands for. */
export type Dictionaries = Readonly<Record<string, readonly string[]>>;

/** The model with one row in every batch. */
export function ofOneRow(model: OnnxModel): OnnxModel {
  const names = new Set(
    model.graph.inputs.flatMap(({ dims }) =>
      dims.flatMap((dim) => (typeof dim === "string" && dim !== "" ? [dim] : [])),
    ),
  );
  return names.size === 0 ? model : bindDims(model, Object.fromEntries([...names].map((name) => [name, 1])));
}

/**
 * A graph as a program for one row, or why it is none.
 *
 * @throws GRAPH_ILLEGAL for a dictionary of what is no input of codes.
 */
export function lowerToProgram(given: OnnxModel, dictionaries: Dictionaries): Program | NotWritten {
  const { graph } = ofOneRow(given);
  const who = `graph "${graph.name}"`;
  const values = new Map<string, { readonly shaped: Shaped; readonly type: OpInput }>();
  const constants: Cell[] = [];
  const work: Cell[] = [];
  const steps: Step[] = [];

  function define(name: string, id: string, type: OpInput): Cell | NotWritten {
    const kind = KINDS[type.elementType];
    if (kind === undefined) return { unsupported: `"${name}" is ${type.elementType}` };
    if (type.dims.some((dim) => typeof dim === "string"))
      return { unsupported: `the length of "${name}" is not known` };
    const dims = type.dims as readonly number[];
    const size = dims.reduce((product, dim) => product * dim, 1);
    const cell: Cell = {
      id,
      kind,
      size,
      ...(type.constant === undefined ? {} : { constant: type.constant }),
    };
    values.set(name, { shaped: { cell, dims }, type });
    return cell;
  }

  for (const { name, elementType, dims, values: numbers } of graph.initializers) {
    const constant = Array.from(numbers as ArrayLike<number | bigint>, Number);
    const cell = define(name, `c${constants.length}`, { elementType, dims, constant });
    if ("unsupported" in cell) return cell;
    if (cell.kind === "long" && !constant.every(Number.isSafeInteger))
      return { unsupported: `"${name}" has integers beyond 2^53` };
    constants.push(cell);
  }
  const inputs: ProgramInput[] = [];
  for (const input of graph.inputs) {
    const dictionary = Object.hasOwn(dictionaries, input.name) ? dictionaries[input.name] : undefined;
    const cell = define(input.name, `x${inputs.length}`, input);
    if ("unsupported" in cell) return cell;
    if (dictionary !== undefined && (cell.kind !== "long" || cell.size !== 1))
      throw illegal(who, `dictionary of "${input.name}"`, "an input of one int64", `${input.elementType}`);
    inputs.push({ name: input.name, cell, ...(dictionary === undefined ? {} : { dictionary }) });
  }
  const stray = Object.keys(dictionaries).find((name) => !inputs.some((input) => input.name === name));
  if (stray !== undefined)
    throw illegal(who, "dictionaries", inputs.map(({ name }) => name).join(", "), stray);

  for (const node of graph.nodes) {
    const title = nodeTitle(node, graph.name);
    if (!isOpName(node.op)) return { unsupported: `${title}: no operator that we know` };
    const from = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    const { attributes, outputs: types } = inferCall(
      node,
      from.map((one) => one?.type),
      graph.name,
    );
    const made: Shaped[] = [];
    const rule = RULES[node.op]!;
    const isKnown = types.every(({ constant }) => constant !== undefined);
    for (const [at, name] of node.outputs.entries()) {
      const type = types[at]!;
      if (rule === "same array" && !isKnown) {
        const shaped = { cell: from[0]!.shaped.cell, dims: type.dims as readonly number[] };
        values.set(name, { shaped, type });
        continue;
      }
      const list = isKnown ? constants : work;
      const { constant: _, ...open } = type;
      const cell = define(name, `${isKnown ? "c" : "v"}${list.length}`, isKnown ? type : open);
      if ("unsupported" in cell) return { unsupported: `${title}: ${cell.unsupported}` };
      list.push(cell);
      made.push(values.get(name)!.shaped);
    }
    if (isKnown || rule === "same array") continue;
    if (typeof rule !== "function") return { unsupported: `${title}: ${rule.unsupported}` };
    const body = rule({ inputs: from.map((one) => one?.shaped), outputs: made, attributes });
    if ("unsupported" in body) return { unsupported: `${title}: ${body.unsupported}` };
    const sizes = made.map(({ dims }) => `[${dims.join(", ")}]`).join(", ");
    steps.push({ note: `${node.op}: ${node.outputs.map(plain).join(", ")} ${sizes}`, body });
  }
  const outputs = graph.outputs.map(({ name }) => ({ name, cell: values.get(name)!.shaped.cell }));
  const read = cellsOf(steps);
  for (const { cell } of outputs) read.add(cell);
  return { inputs, constants: constants.filter((cell) => read.has(cell)), work, steps, outputs };
}

/** A name as a comment may show it. */
function plain(name: string): string {
  return name.replaceAll(/[^\w ().,-]/g, "?");
}

import { bindDims } from "../../bind-dims.ts";
import { inferTypes } from "../../call.ts";
import { checkModel } from "../../check.ts";
import { elementCount, type OnnxModel } from "../../onnx.ts";
import { prepared } from "../../litert/prepare.ts";
import { codeCell, columnCell, type Cell } from "./cell.ts";
import type { ClassicValue } from "./classic-value.ts";
import { BATCH, type ClassicCall } from "./classic-call.ts";
import { applyClassic } from "./classic-operator.ts";
import { refusal } from "./classic-reason.ts";

/** A column of the rows that a model takes: a place of one of its inputs. */
export interface RawColumn {
  readonly input: string;
  readonly at: number;
}

/** What a graph says in terms of columns. */
export interface ClassicGraph {
  readonly columns: readonly RawColumn[];
  readonly outputs: readonly { readonly name: string; readonly value: ClassicValue }[];
}

/** Columns beyond which classic forms are the wrong ones. */
const MOST_COLUMNS = 4096;

/** Inputs as cells. */
function inputCells(
  model: OnnxModel,
  dictionaries: Readonly<Record<string, readonly string[]>>,
): { readonly columns: readonly RawColumn[]; readonly cells: ReadonlyMap<string, readonly Cell[]> } {
  const columns: RawColumn[] = [];
  const cells = new Map<string, readonly Cell[]>();
  for (const { name, dims, elementType } of model.graph.inputs) {
    const [batch, ...rest] = dims;
    const given = `input "${name}" is ${elementType}[${dims.join(", ")}]`;
    if (typeof batch !== "string" || batch === "" || rest.some((dim) => typeof dim !== "number"))
      throw refusal(`${given}: classic forms take one row at a time`, "inputs [N, width] with a name for N");
    if (!["float32", "int64", "int32", "bool"].includes(elementType))
      throw refusal(
        `${given}: its thresholds cannot be told apart in single precision`,
        elementType === "string" ? "texts of a LabelEncoder (textInputs)" : "float32 inputs",
      );
    const width = elementCount(rest as readonly number[]);
    if (columns.length + width > MOST_COLUMNS)
      throw refusal(`${given}: there are more than ${MOST_COLUMNS} columns`, "an ML Program");
    const codes = Object.hasOwn(dictionaries, name) ? dictionaries[name] : undefined;
    cells.set(
      name,
      Array.from({ length: width }, (_, at) => {
        const column = columns.push({ input: name, at }) - 1;
        return codes === undefined ? columnCell(column) : codeCell(column, codes.length);
      }),
    );
  }
  return { columns, cells };
}

/**
 * Follows a graph from its columns to its outputs: each number before an estimator as a function of one column, behind it as
 * a weighted sum of scores.
 *
 * @throws a `ClassicRefusal` at the first node that cannot be followed.
 */
export function readClassic(
  given: OnnxModel,
  dictionaries: Readonly<Record<string, readonly string[]>>,
): ClassicGraph {
  const model = prepared(given);
  const { columns, cells } = inputCells(model, dictionaries);
  const names = [...new Set(model.graph.inputs.map(({ dims }) => String(dims[0])))];
  const types = checkModel(bindDims(model, Object.fromEntries(names.map((name) => [name, BATCH]))));
  const values = new Map<string, ClassicValue>();
  for (const { name, dims, values: numbers } of model.graph.initializers)
    values.set(name, {
      kind: "constant",
      dims,
      values: Float64Array.from(numbers as ArrayLike<number | bigint>, Number),
    });
  for (const { name, dims } of model.graph.inputs)
    values.set(name, { kind: "cells", dims: dims.slice(1) as readonly number[], items: cells.get(name)! });
  for (const node of model.graph.nodes) {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : values.get(name)));
    const typed = node.inputs.map((name, at) => {
      const type = name === "" ? undefined : types.get(name);
      const input = inputs[at];
      return type && { ...type, ...(input?.kind === "constant" && { constant: input.values }) };
    });
    const inferred = inferTypes(node, typed, model.graph.name);
    const call: ClassicCall = { node, inputs, inferred };
    for (const [at, value] of applyClassic(call).entries()) values.set(node.outputs[at]!, value);
  }
  return {
    columns,
    outputs: model.graph.outputs.map(({ name }) => ({ name, value: values.get(name)! })),
  };
}

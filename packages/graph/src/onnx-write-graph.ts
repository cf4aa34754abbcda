import type { OnnxFunction, OnnxGraph, OnnxNode, OpsetImport, TrainingInfo } from "./onnx.ts";
import { writeAttributes, type WriteContext } from "./onnx-write-attribute.ts";
import {
  backwards,
  entries,
  isUsual,
  maybeText,
  optionalText,
  unknownFields,
  usualText,
} from "./onnx-write-rest.ts";
import { writeSparseTensor, writeTensor } from "./onnx-write-tensor.ts";
import { writeValue } from "./onnx-write-value.ts";

function writeNode(context: WriteContext, field: number, node: OnnxNode): void {
  const { w } = context;
  const end = w.length();
  entries(w, 9, node.metadata);
  maybeText(w, 8, node.overload);
  optionalText(w, 7, node.domain, node.rest);
  maybeText(w, 6, node.docString);
  writeAttributes(context, 5, node.attributes);
  usualText(w, 4, node.op, node.rest);
  optionalText(w, 3, node.name, node.rest);
  backwards(node.outputs, (name) => w.text(2, name));
  backwards(node.inputs, (name) => w.text(1, name));
  unknownFields(w, node.rest);
  w.message(field, end);
}

/** Writes the fields of a `GraphProto`. */
export function writeGraph(context: WriteContext, graph: OnnxGraph): void {
  const { w, place } = context;
  entries(w, 16, graph.metadata);
  backwards(graph.sparseInitializers, (tensor) => {
    const end = w.length();
    writeSparseTensor(w, tensor);
    w.message(15, end);
  });
  backwards(graph.quantisation, ({ tensor, parameters, rest }) => {
    const end = w.length();
    entries(w, 2, parameters);
    usualText(w, 1, tensor, rest);
    unknownFields(w, rest);
    w.message(14, end);
  });
  backwards(graph.values, (value) => writeValue(w, 13, value));
  backwards(graph.outputs, (value) => writeValue(w, 12, value));
  backwards(graph.inputs, (value) => writeValue(w, 11, value));
  maybeText(w, 10, graph.docString);
  backwards(graph.initializers, (tensor) => {
    const end = w.length();
    writeTensor(w, tensor, place);
    w.message(5, end);
  });
  usualText(w, 2, graph.name, graph.rest);
  backwards(graph.nodes, (node) => writeNode(context, 1, node));
  unknownFields(w, graph.rest);
}

/** Writes an `OperatorSetIdProto` as a field of its model or function. */
export function writeOpset({ w }: WriteContext, field: number, { domain, version, rest }: OpsetImport): void {
  const end = w.length();
  if (version !== 0 || isUsual(rest, 2)) w.int(2, version);
  optionalText(w, 1, domain, rest);
  unknownFields(w, rest);
  w.message(field, end);
}

/** Writes a `FunctionProto` as a field of its model. */
export function writeFunction(context: WriteContext, field: number, one: OnnxFunction): void {
  const { w } = context;
  const end = w.length();
  entries(w, 14, one.metadata);
  maybeText(w, 13, one.overload);
  backwards(one.values, (value) => writeValue(w, 12, value));
  writeAttributes(context, 11, one.defaults ?? {});
  optionalText(w, 10, one.domain, one.rest);
  backwards(one.opsets, (opset) => writeOpset(context, 9, opset));
  maybeText(w, 8, one.docString);
  backwards(one.nodes, (node) => writeNode(context, 7, node));
  backwards(one.attributes, (name) => w.text(6, name));
  backwards(one.outputs, (name) => w.text(5, name));
  backwards(one.inputs, (name) => w.text(4, name));
  usualText(w, 1, one.name, one.rest);
  unknownFields(w, one.rest);
  w.message(field, end);
}

/** Writes a `TrainingInfoProto` as a field of its model. */
export function writeTraining(context: WriteContext, field: number, training: TrainingInfo): void {
  const { w } = context;
  const end = w.length();
  entries(w, 4, training.updateBinding);
  entries(w, 3, training.initializationBinding);
  for (const [inner, graph] of [
    [2, training.algorithm],
    [1, training.initialization],
  ] as const) {
    if (graph === undefined) continue;
    const start = w.length();
    writeGraph(context, graph);
    w.message(inner, start);
  }
  unknownFields(w, training.rest);
  w.message(field, end);
}

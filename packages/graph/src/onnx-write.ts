import { ELEMENT_TYPES } from "./element-type.ts";
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, ValueInfo } from "./onnx.ts";
import {
  bytesField,
  floatField,
  intField,
  joinWire,
  messageField,
  textField,
  type Wire,
} from "./protobuf-write.ts";

/** Code-unit order, which unlike a locale's is the same everywhere. */
function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : Number(left > right);
}

/** A text field that is left out when empty, as canonical protobuf writers do. */
function optionalText(field: number, text: string): Wire {
  return text === "" ? [] : textField(field, text);
}

function tensorWire(tensor: OnnxTensor): Wire {
  const { buffer, byteOffset, byteLength } = tensor.values;
  return [
    ...tensor.dims.flatMap((dim) => intField(1, dim)),
    ...intField(2, ELEMENT_TYPES[tensor.elementType].code),
    ...optionalText(8, tensor.name),
    ...bytesField(9, new Uint8Array(buffer, byteOffset, byteLength)),
  ];
}

function attributeContent(attribute: OnnxAttribute): { readonly code: number; readonly wire: Wire } {
  switch (attribute.type) {
    case "float":
      return { code: 1, wire: floatField(2, attribute.value) };
    case "int":
      return { code: 2, wire: intField(3, attribute.value) };
    case "string":
      return { code: 3, wire: textField(4, attribute.value) };
    case "tensor":
      return { code: 4, wire: messageField(5, tensorWire(attribute.value)) };
    case "floats":
      return { code: 6, wire: attribute.value.flatMap((value) => floatField(7, value)) };
    case "ints":
      return { code: 7, wire: attribute.value.flatMap((value) => intField(8, value)) };
    case "strings":
      return { code: 8, wire: attribute.value.flatMap((value) => textField(9, value)) };
  }
}

function nodeWire(node: OnnxNode): Wire {
  const attributes = Object.entries(node.attributes)
    .sort(byKey)
    .flatMap(([name, attribute]) => {
      const { code, wire } = attributeContent(attribute);
      return messageField(5, [...textField(1, name), ...wire, ...intField(20, code)]);
    });
  return [
    ...node.inputs.flatMap((name) => textField(1, name)),
    ...node.outputs.flatMap((name) => textField(2, name)),
    ...optionalText(3, node.name),
    ...textField(4, node.op),
    ...attributes,
    ...optionalText(7, node.domain),
  ];
}

function valueWire(value: ValueInfo): Wire {
  const dims = value.dims.flatMap((dim) =>
    messageField(1, typeof dim === "number" ? intField(1, dim) : optionalText(2, dim)),
  );
  const tensorType = [...intField(1, ELEMENT_TYPES[value.elementType].code), ...messageField(2, dims)];
  return [...textField(1, value.name), ...messageField(2, messageField(1, tensorType))];
}

function graphWire(graph: OnnxGraph): Wire {
  return [
    ...graph.nodes.flatMap((node) => messageField(1, nodeWire(node))),
    ...textField(2, graph.name),
    ...graph.initializers.flatMap((tensor) => messageField(5, tensorWire(tensor))),
    ...graph.inputs.flatMap((value) => messageField(11, valueWire(value))),
    ...graph.outputs.flatMap((value) => messageField(12, valueWire(value))),
  ];
}

/**
 * The bytes of an ONNX file (ModelProto of onnx.proto). Deterministic: fields in the order of their numbers,
 * attributes and metadata in the order of their names, tensors as raw data, so equal models give equal bytes.
 *
 * @example
 * const bytes = writeOnnx(model); // onnxruntime's InferenceSession.create(bytes) loads it
 */
export function writeOnnx(model: OnnxModel): Uint8Array {
  return joinWire([
    ...intField(1, model.irVersion),
    ...optionalText(2, model.producerName),
    ...optionalText(3, model.producerVersion),
    ...messageField(7, graphWire(model.graph)),
    ...model.opsets.flatMap((opset) =>
      messageField(8, [...optionalText(1, opset.domain), ...intField(2, opset.version)]),
    ),
    ...Object.entries(model.metadata)
      .sort(byKey)
      .flatMap(([key, value]) => messageField(14, [...textField(1, key), ...textField(2, value)])),
  ]);
}

import type {
  OnnxGraph,
  OnnxNode,
  OnnxSparseTensor,
  OnnxTensor,
  QuantisationAnnotation,
  TrainingInfo,
  ValueInfo,
} from "./onnx.ts";
import type { ReadContext } from "./onnx-read-attribute.ts";
import { readNode } from "./onnx-read-node.ts";
import { readSparseTensor, readTensorAt } from "./onnx-read-tensor.ts";
import { readValue } from "./onnx-read-value.ts";
import { entryReader, restReader } from "./onnx-rest.ts";
import { mergeMessages, nextTag, openMessage, readText, type Cursor } from "./protobuf.ts";

function readAnnotation(cursor: Cursor): QuantisationAnnotation {
  const rest = restReader();
  const parameters = entryReader();
  let tensor = "";
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    if (tag >>> 3 === 1) {
      tensor = readText(cursor, tag);
      rest.seen(1);
    } else if (tag >>> 3 === 2) parameters.take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const kept = rest.end([1]);
  return Object.freeze({ tensor, parameters: parameters.record(), ...(kept && { rest: kept }) });
}

/** Reads a `GraphProto`. */
export function readGraph(cursor: Cursor, context: ReadContext): OnnxGraph {
  const rest = restReader();
  const metadata = entryReader();
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const sparse: OnnxSparseTensor[] = [];
  const ends: Record<11 | 12 | 13, ValueInfo[]> = { 11: [], 12: [], 13: [] };
  const quantisation: QuantisationAnnotation[] = [];
  let name = "";
  let docString: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field === 1) nodes.push(readNode(openMessage(cursor, tag, "NodeProto"), context));
    else if (field === 2) {
      name = readText(cursor, tag);
      rest.seen(2);
    } else if (field === 5) initializers.push(readTensorAt(openMessage(cursor, tag, "TensorProto"), context));
    else if (field === 10) docString = readText(cursor, tag);
    else if (field === 11 || field === 12 || field === 13)
      ends[field].push(readValue(openMessage(cursor, tag, "ValueInfoProto")));
    else if (field === 14) quantisation.push(readAnnotation(openMessage(cursor, tag, "TensorAnnotation")));
    else if (field === 15)
      sparse.push(readSparseTensor(openMessage(cursor, tag, "SparseTensorProto"), context));
    else if (field === 16) metadata.take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const kept = rest.end([2]);
  return Object.freeze({
    name,
    nodes: Object.freeze(nodes),
    initializers: Object.freeze(initializers),
    inputs: Object.freeze(ends[11]),
    outputs: Object.freeze(ends[12]),
    ...(sparse.length > 0 && { sparseInitializers: Object.freeze(sparse) }),
    ...(ends[13].length > 0 && { values: Object.freeze(ends[13]) }),
    ...(quantisation.length > 0 && { quantisation: Object.freeze(quantisation) }),
    ...(docString !== undefined && { docString }),
    ...(metadata.size > 0 && { metadata: metadata.record() }),
    ...(kept && { rest: kept }),
  });
}

/** Reads a `TrainingInfoProto`. */
export function readTraining(cursor: Cursor, context: ReadContext): TrainingInfo {
  const rest = restReader();
  const graphs: Record<1 | 2, Cursor[]> = { 1: [], 2: [] };
  const bindings = { 3: entryReader(), 4: entryReader() };
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field === 1 || field === 2) graphs[field].push(openMessage(cursor, tag, "GraphProto"));
    else if (field === 3 || field === 4) bindings[field].take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const [initialization, algorithm] = [mergeMessages(graphs[1]), mergeMessages(graphs[2])];
  const kept = rest.end([]);
  return Object.freeze({
    ...(initialization && { initialization: readGraph(initialization, context) }),
    ...(algorithm && { algorithm: readGraph(algorithm, context) }),
    initializationBinding: bindings[3].record(),
    updateBinding: bindings[4].record(),
    ...(kept && { rest: kept }),
  });
}

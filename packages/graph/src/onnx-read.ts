import type { OnnxFunction, OnnxModel, OpsetImport, TrainingInfo } from "./onnx.ts";
import { externalReader, type ExternalSource } from "./onnx-external.ts";
import type { ReadContext } from "./onnx-read-attribute.ts";
import { readGraph, readTraining } from "./onnx-read-graph.ts";
import { readFunction, readOpset } from "./onnx-read-node.ts";
import { entryReader, restReader } from "./onnx-rest.ts";
import {
  malformed,
  mergeMessages,
  nextTag,
  openFile,
  openMessage,
  readInt,
  readText,
  type Cursor,
} from "./protobuf.ts";

/** How a file is read. */
export interface ReadOnnxOptions {
  /** Where the values of tensors are that the file does not hold itself. */
  readonly external?: ExternalSource;
  /** Messages (nodes, attributes, tensors, dimensions, ...) that a file may hold; a million by default. */
  readonly messages?: number;
}

/**
 * Reads the bytes of an ONNX file. It checks the file's form only; `checkModel` says whether the graph is legal and
 * whether we compute on what it holds. Nothing is lost: what has no name here is kept as it came, and `writeOnnx` gives
 * an equal model, its attributes and metadata put in the order of their names.
 *
 * Values of large tensors are views of `bytes`, or are copied from there when first asked for: `bytes` must stay as it
 * is as long as the model is used.
 *
 * @throws MODEL_MALFORMED when the bytes are not a ModelProto, nest deeper than protobuf allows or hold more than a
 *   million messages; MODEL_UNSUPPORTED when tensors are in another file and `external` is not given.
 *
 * @example
 * const model = readOnnx(readFileSync("model.onnx"), { external: (location) => readFileSync(join(folder, location)) });
 */
export function readOnnx(bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxModel {
  const cursor = openFile(bytes, "ModelProto", options.messages);
  const context: ReadContext = {
    external: externalReader(options.external),
    keep: options.external === "keep",
    graph: readGraph,
  };
  const rest = restReader();
  const metadata = entryReader();
  const graphs: Cursor[] = [];
  const opsets: OpsetImport[] = [];
  const training: TrainingInfo[] = [];
  const functions: OnnxFunction[] = [];
  const text = { producerName: "", producerVersion: "" };
  const noted: { domain?: string; docString?: string; modelVersion?: number } = {};
  let irVersion = 0;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field < 32) rest.seen(field);
    if (field === 1) irVersion = readInt(cursor, tag);
    else if (field === 2) text.producerName = readText(cursor, tag);
    else if (field === 3) text.producerVersion = readText(cursor, tag);
    else if (field === 4) noted.domain = readText(cursor, tag);
    else if (field === 5) noted.modelVersion = readInt(cursor, tag);
    else if (field === 6) noted.docString = readText(cursor, tag);
    else if (field === 7) graphs.push(openMessage(cursor, tag, "GraphProto"));
    else if (field === 8) opsets.push(readOpset(openMessage(cursor, tag, "OperatorSetIdProto")));
    else if (field === 14) metadata.take(cursor, tag, rest);
    else if (field === 20)
      training.push(readTraining(openMessage(cursor, tag, "TrainingInfoProto"), context));
    else if (field === 25) functions.push(readFunction(openMessage(cursor, tag, "FunctionProto"), context));
    else rest.keep(cursor, tag);
  }
  const graph = mergeMessages(graphs);
  if (graph === undefined) throw malformed("ModelProto", "a graph", "none");
  const kept = rest.end(
    [1],
    [
      [2, text.producerName === ""],
      [3, text.producerVersion === ""],
    ],
  );
  return Object.freeze({
    irVersion,
    opsets: Object.freeze(opsets),
    ...text,
    graph: readGraph(graph, context),
    metadata: metadata.record(),
    ...noted,
    ...(training.length > 0 && { training: Object.freeze(training) }),
    ...(functions.length > 0 && { functions: Object.freeze(functions) }),
    ...(kept && { rest: kept }),
  });
}

import type { OnnxAttribute, OnnxFunction, OnnxNode, OpsetImport, ValueInfo } from "./onnx.ts";
import { readAttribute, type ReadContext } from "./onnx-read-attribute.ts";
import { readValue } from "./onnx-read-value.ts";
import { entryReader, namedReader, restReader } from "./onnx-rest.ts";
import { nextTag, openMessage, readInt, readText, type Cursor } from "./protobuf.ts";

/** Reads a `NodeProto`. */
export function readNode(cursor: Cursor, context: ReadContext): OnnxNode {
  const rest = restReader();
  const metadata = entryReader();
  const attributes = namedReader<OnnxAttribute>();
  const inputs: string[] = [];
  const outputs: string[] = [];
  const text = { name: "", op: "", domain: "" };
  let overload: string | undefined;
  let docString: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field < 32) rest.seen(field);
    if (field === 1) inputs.push(readText(cursor, tag));
    else if (field === 2) outputs.push(readText(cursor, tag));
    else if (field === 3) text.name = readText(cursor, tag);
    else if (field === 4) text.op = readText(cursor, tag);
    else if (field === 5)
      attributes.take(...readAttribute(openMessage(cursor, tag, "AttributeProto"), context), cursor, rest);
    else if (field === 6) docString = readText(cursor, tag);
    else if (field === 7) text.domain = readText(cursor, tag);
    else if (field === 8) overload = readText(cursor, tag);
    else if (field === 9) metadata.take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const kept = rest.end(
    [4],
    [
      [3, text.name === ""],
      [7, text.domain === ""],
    ],
  );
  return Object.freeze({
    ...text,
    inputs: Object.freeze(inputs),
    outputs: Object.freeze(outputs),
    attributes: attributes.record(),
    ...(overload !== undefined && { overload }),
    ...(docString !== undefined && { docString }),
    ...(metadata.size > 0 && { metadata: metadata.record() }),
    ...(kept && { rest: kept }),
  });
}

/** Reads an `OperatorSetIdProto`. */
export function readOpset(cursor: Cursor): OpsetImport {
  const rest = restReader();
  let domain = "";
  let version = 0;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field < 32) rest.seen(field);
    if (field === 1) domain = readText(cursor, tag);
    else if (field === 2) version = readInt(cursor, tag);
    else rest.keep(cursor, tag);
  }
  const kept = rest.end([2], [[1, domain === ""]]);
  return Object.freeze({ domain, version, ...(kept && { rest: kept }) });
}

/** Reads a `FunctionProto`. */
export function readFunction(cursor: Cursor, context: ReadContext): OnnxFunction {
  const rest = restReader();
  const metadata = entryReader();
  const defaults = namedReader<OnnxAttribute>();
  const list = { inputs: [] as string[], outputs: [] as string[], attributes: [] as string[] };
  const nodes: OnnxNode[] = [];
  const opsets: OpsetImport[] = [];
  const values: ValueInfo[] = [];
  const text = { name: "", domain: "" };
  let overload: string | undefined;
  let docString: string | undefined;
  for (let tag = nextTag(cursor); tag !== 0; tag = nextTag(cursor)) {
    const field = tag >>> 3;
    if (field < 32) rest.seen(field);
    if (field === 1) text.name = readText(cursor, tag);
    else if (field === 4) list.inputs.push(readText(cursor, tag));
    else if (field === 5) list.outputs.push(readText(cursor, tag));
    else if (field === 6) list.attributes.push(readText(cursor, tag));
    else if (field === 7) nodes.push(readNode(openMessage(cursor, tag, "NodeProto"), context));
    else if (field === 8) docString = readText(cursor, tag);
    else if (field === 9) opsets.push(readOpset(openMessage(cursor, tag, "OperatorSetIdProto")));
    else if (field === 10) text.domain = readText(cursor, tag);
    else if (field === 11)
      defaults.take(...readAttribute(openMessage(cursor, tag, "AttributeProto"), context), cursor, rest);
    else if (field === 12) values.push(readValue(openMessage(cursor, tag, "ValueInfoProto")));
    else if (field === 13) overload = readText(cursor, tag);
    else if (field === 14) metadata.take(cursor, tag, rest);
    else rest.keep(cursor, tag);
  }
  const kept = rest.end([1], [[10, text.domain === ""]]);
  return Object.freeze({
    ...text,
    inputs: Object.freeze(list.inputs),
    outputs: Object.freeze(list.outputs),
    attributes: Object.freeze(list.attributes),
    nodes: Object.freeze(nodes),
    opsets: Object.freeze(opsets),
    ...(overload !== undefined && { overload }),
    ...(defaults.size > 0 && { defaults: defaults.record() }),
    ...(values.length > 0 && { values: Object.freeze(values) }),
    ...(docString !== undefined && { docString }),
    ...(metadata.size > 0 && { metadata: metadata.record() }),
    ...(kept && { rest: kept }),
  });
}

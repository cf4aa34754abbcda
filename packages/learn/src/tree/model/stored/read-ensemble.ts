import { tableChecksum } from "@tideline/graph/table-checksum";
import { isTidelineError, messageOf } from "@tideline/spec";
import type { Tree, TreeEnsemble, TreeFeature } from "../../tree-ensemble.ts";
import { MOST_OUTPUTS, treeEnsemble } from "../ensemble.ts";
import { malformedEnsemble } from "../malformed-tree.ts";
import { byteReader, type ByteReader } from "./byte-reader.ts";
import { HEADER, MAGIC, MOST_BYTES, VERSION } from "./format.ts";
import { readNumbers } from "./number-column.ts";

interface Described {
  readonly features: readonly TreeFeature[];
  readonly outputs: number;
  readonly average: boolean;
}

function described(bytes: Uint8Array): Described {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformedEnsemble("description", "JSON", messageOf(error));
  }
  const { features, outputs, average } = (value ?? {}) as Partial<Described>;
  const isFeature = (feature: unknown): boolean => typeof feature === "object" && feature !== null;
  if (!Array.isArray(features) || !features.every(isFeature))
    throw malformedEnsemble("features", "a list of features", typeof features);
  if (!Number.isInteger(outputs) || outputs! < 1 || outputs! > MOST_OUTPUTS)
    throw malformedEnsemble("outputs", `1 to ${MOST_OUTPUTS}`, outputs);
  if (typeof average !== "boolean") throw malformedEnsemble("average", "true or false", average);
  return { features: features as readonly TreeFeature[], outputs: outputs!, average };
}

function readBits(from: ByteReader, count: number): Uint8Array {
  const bytes = from.bytes((count + 7) >>> 3);
  return Uint8Array.from({ length: count }, (_, at) => (bytes[at >>> 3]! >>> (at & 7)) & 1);
}

/** A count of things that take a byte each at least. */
function countOf(from: ByteReader, field: string, bytes = 1): number {
  return from.varint(field, Math.floor(from.left() / bytes));
}

function readTree(from: ByteReader, at: number, { features, outputs }: Described): Tree {
  const of = (field: string) => `tree ${at}, ${field}`;
  const nodes = countOf(from, of("nodes"));
  const width = from.varint(of("width"), outputs);
  const feature = Int32Array.from({ length: nodes }, () => from.varint(of("feature"), features.length) - 1);
  const isKind = (node: number, kind: TreeFeature["kind"]) => features[feature[node]!]?.kind === kind;
  const left = new Int32Array(nodes).fill(-1);
  const right = new Int32Array(nodes).fill(-1);
  for (let node = 0; node < nodes; node++) {
    if (feature[node] === -1) continue;
    left[node] = node + from.varint(of("left"), nodes);
    right[node] = node + from.varint(of("right"), nodes);
  }
  const missingLeft = readBits(from, nodes);
  const numeric = [...feature.keys()].filter((node) => isKind(node, "numeric"));
  const threshold = new Float64Array(nodes).fill(Number.NaN);
  for (const [k, value] of readNumbers(from, of("threshold"), numeric.length).entries())
    threshold[numeric[k]!] = value;
  const sets = Array.from({ length: countOf(from, of("sets")) }, () =>
    Uint32Array.from({ length: countOf(from, of("set")) }, () => from.varint(of("set"), 2 ** 32 - 1)),
  );
  const set = Int32Array.from(feature, (_, node) =>
    isKind(node, "categorical") ? from.varint(of("set"), Math.max(0, sets.length - 1)) : -1,
  );
  const value = readNumbers(from, of("value"), nodes * width, width === 1);
  const [count, weight, gain] = ["count", "weight", "gain"].map((field) =>
    readNumbers(from, of(field), nodes),
  ) as [Float64Array, Float64Array, Float64Array];
  return { feature, threshold, left, right, missingLeft, set, sets, width, value, count, weight, gain };
}

/**
 * Reads what `writeEnsemble` wrote. Everything is checked, whoever made the bytes: an ensemble that comes of them is sound.
 *
 * @throws MODEL_MALFORMED for bytes that are no ensemble of version 1, are damaged, or say what cannot be.
 */
export function readEnsemble(bytes: Uint8Array): TreeEnsemble {
  if (bytes.length < HEADER || bytes.length > MOST_BYTES || MAGIC.some((byte, at) => bytes[at] !== byte))
    throw malformedEnsemble("bytes", "a stored ensemble of trees", `${bytes.length} other bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(4, true) !== VERSION)
    throw malformedEnsemble("version", String(VERSION), view.getUint32(4, true));
  if (view.getUint32(8, true) !== bytes.length)
    throw malformedEnsemble("length", String(view.getUint32(8, true)), bytes.length);
  if (view.getUint32(12, true) !== tableChecksum(bytes))
    throw malformedEnsemble("checksum", "that of the bytes", "another");
  try {
    return readBody(byteReader(bytes.subarray(HEADER)));
  } catch (error) {
    if (isTidelineError(error)) throw error;
    throw malformedEnsemble("bytes", "a sound ensemble", messageOf(error));
  }
}

function readBody(from: ByteReader): TreeEnsemble {
  const about = described(from.bytes(countOf(from, "description")));
  const base = readNumbers(from, "base", about.outputs);
  const count = countOf(from, "trees");
  const target = Int32Array.from({ length: count }, () => from.varint("target", about.outputs) - 1);
  const trees = Array.from({ length: count }, (_, at) => readTree(from, at, about));
  if (from.left() !== 0) throw malformedEnsemble("bytes", "an end", `${from.left()} more`);
  return treeEnsemble({ ...about, trees, target, base });
}

import { tableChecksum } from "@tideline/graph/table-checksum";
import { tidelineError } from "@tideline/spec";
import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import { byteWriter, type ByteWriter } from "./byte-writer.ts";
import { HEADER, MAGIC, MOST_BYTES, VERSION } from "./format.ts";
import { writeNumbers } from "./number-column.ts";

function writeBits(to: ByteWriter, bits: Uint8Array): void {
  const bytes = new Uint8Array((bits.length + 7) >>> 3);
  for (let at = 0; at < bits.length; at++) bytes[at >>> 3]! |= bits[at]! << (at & 7);
  to.bytes(bytes);
}

function writeTree(to: ByteWriter, tree: Tree, { features }: TreeEnsemble): void {
  const nodes = tree.feature.length;
  to.varint(nodes);
  to.varint(tree.width);
  for (const asked of tree.feature) to.varint(asked + 1);
  const branches = [...tree.feature.keys()].filter((node) => tree.feature[node] !== -1);
  for (const node of branches) {
    to.varint(tree.left[node]! - node);
    to.varint(tree.right[node]! - node);
  }
  writeBits(to, tree.missingLeft);
  const numeric = branches.filter((node) => features[tree.feature[node]!]!.kind === "numeric");
  writeNumbers(
    to,
    Float64Array.from(numeric, (node) => tree.threshold[node]!),
  );
  to.varint(tree.sets.length);
  for (const words of tree.sets) {
    to.varint(words.length);
    for (const word of words) to.varint(word);
  }
  for (const node of branches)
    if (features[tree.feature[node]!]!.kind === "categorical") to.varint(tree.set[node]!);
  writeNumbers(to, tree.value, tree.width === 1);
  for (const column of [tree.count, tree.weight, tree.gain]) writeNumbers(to, column);
}

/**
 * An ensemble as bytes (docs/format/tree-ensemble.md): nothing is lost, equal ensembles give equal bytes.
 *
 * @throws ARGUMENT_INVALID for one of more than 1 GiB.
 * @example
 * const bytes = writeEnsemble(model.ensemble);
 * const same = readEnsemble(bytes);
 */
export function writeEnsemble(ensemble: TreeEnsemble): Uint8Array {
  const { features, outputs, trees, target, base, average } = ensemble;
  const to = byteWriter();
  to.bytes(new Uint8Array(HEADER));
  const described = new TextEncoder().encode(JSON.stringify({ features, outputs, average }));
  to.varint(described.length);
  to.bytes(described);
  writeNumbers(to, base);
  to.varint(trees.length);
  for (const output of target) to.varint(output + 1);
  for (const tree of trees) writeTree(to, tree, ensemble);
  const bytes = to.done().slice();
  if (bytes.length > MOST_BYTES)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "writeEnsemble",
      field: "ensemble",
      expected: `at most ${MOST_BYTES} bytes`,
      received: String(bytes.length),
    });
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(4, VERSION, true);
  view.setUint32(8, bytes.length, true);
  view.setUint32(12, tableChecksum(bytes), true);
  return bytes;
}

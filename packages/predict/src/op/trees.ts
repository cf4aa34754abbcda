import { demand } from "../malformed.ts";
import { below, checkTarget, length, runOf, type Operator } from "../program.ts";

/**
 * `features, source, targets, target, trees, roots, nodes, first node, feature bits, kind, rows, weights`: each
 * target is the sum over the trees, in float32 and in their order, of what the leaf that the row reaches says.
 *
 * A node is two words: a threshold, and feature + right * 2^bits + missing * 2^31. It goes to the next node when the
 * feature is at most the threshold, else `right` nodes on; NaN goes on to the next one only where `missing` is 1. Where
 * `right` is 0 it is a leaf: kind 0 adds its first word to the target in the feature's place; kind 1 adds a row of
 * weights, its first word being the row's number.
 */
export const trees: Operator = {
  words: 12,
  compile(program, args) {
    const { memory, words } = program;
    const [features, source, targets, target, count, roots, nodes, start, bits, kind, rows, weights] = args;
    const read = runOf(program, source, length(features));
    const leaf = kind === 1 ? runOf(program, weights, length(rows) * length(targets)) : undefined;
    checkTarget(program, runOf(program, target, length(targets)), [read, leaf]);
    below(kind, 2, "kind");
    below(bits - 1, 24, "bits");
    below(roots, words.length - length(count) + 1, "words");
    below(start, words.length - 2 * length(nodes) + 1, "words");
    program.spend(nodes + targets, 4 * nodes);

    // One node: threshold; where its feature lies, or -1 - target (row) of a leaf; right child; whether NaN goes left.
    const node = new Int32Array(4 * nodes);
    const number = new Float32Array(node.buffer);
    const mask = (1 << bits) - 1;
    const depth = new Uint32Array(nodes);
    for (let k = nodes - 1; k >= 0; k--) {
      const control = words[start + 2 * k + 1];
      const right = (control & 0x7fffffff) >>> bits;
      const feature = control & mask;
      node[4 * k] = words[start + 2 * k];
      if (right === 0) {
        if (kind === 0) node[4 * k + 1] = -1 - below(feature, targets, "leaf");
        else node[4 * k + 1] = -1 - below(words[start + 2 * k], rows, "leaf");
        depth[k] = 1;
      } else {
        demand(k + right < nodes && k + 1 < nodes, "child");
        node[4 * k + 1] = source + below(feature, features, "feature");
        node[4 * k + 2] = 4 * (k + right);
        node[4 * k + 3] = control < 0 ? 1 : 0;
        depth[k] = 1 + Math.max(depth[k + 1], depth[k + right]);
      }
    }
    const root = words.subarray(roots, roots + count);
    for (let tree = 0; tree < count; tree++) {
      const at = below(root[tree], nodes, "root");
      program.spend(depth[at] + (kind === 1 ? targets : 1));
    }
    return () => {
      // Engines without a compiler read what a closure captured anew each time; locals they keep in registers.
      const m = memory;
      const n = node;
      const t = number;
      m.fill(0, target, target + targets);
      for (let tree = 0; tree < count; tree++) {
        let at = 4 * root[tree];
        let from = n[at + 1];
        while (from >= 0) {
          const x = m[from];
          at = x <= t[at] || (x !== x && n[at + 3] === 1) ? at + 4 : n[at + 2];
          from = n[at + 1];
        }
        const end = -1 - from;
        if (kind === 0) m[target + end] += t[at];
        else for (let k = 0; k < targets; k++) m[target + k] += m[weights + end * targets + k];
      }
    };
  },
};

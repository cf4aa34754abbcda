import type { Forest, ForestBranch, ForestLeaf } from "../op/forest.ts";
import { numberBefore } from "./number-before.ts";

/** The trees of an ensemble as the words of a table. */
export interface ForestWords {
  readonly roots: Int32Array;
  readonly nodes: Int32Array;
  readonly bits: number;
  /** Rows of weights, one number per target, where leaves weigh several; absent where each leaf weighs one. */
  readonly rows?: readonly (readonly number[])[];
}

const number = new Float32Array(1);
const bits = new Int32Array(number.buffer);

function bitsOf(value: number): number {
  number[0] = value;
  return bits[0]!;
}

/** A decision as a table has it: at most the threshold goes on to the next node. */
interface Step {
  readonly threshold: number;
  readonly next: number;
  readonly other: number;
  readonly missingNext: boolean;
}

/** Any comparison but equality as "at most": a strict one with the number before, a reversed one with sides exchanged. */
function stepOf({ mode, value, yes, no, missingYes }: ForestBranch): Step {
  const strict = mode === "BRANCH_LT" || mode === "BRANCH_GTE";
  const threshold = strict ? numberBefore(value) : value;
  return mode === "BRANCH_LEQ" || mode === "BRANCH_LT"
    ? { threshold, next: yes, other: no, missingNext: missingYes }
    : { threshold, next: no, other: yes, missingNext: !missingYes };
}

/**
 * Lays the trees out, each node before its children. Equality takes two nodes: at most the value, but not at most
 * the number before it; both lead where it is not equal. A node that several branches lead to stands once, behind all of
 * them; a leaf that two of them are followed by stands twice.
 *
 * @returns a reason where a table has no room for it.
 */
export function forestWords(
  { roots, nodes }: Forest,
  limits: { readonly features: number; readonly targets: number },
): ForestWords | string {
  const width = Math.max(1, Math.ceil(Math.log2(Math.max(limits.features, limits.targets))));
  if (width > 24) return "more than 2^24 features or targets";
  const farthest = 2 ** (31 - width) - 1;
  const single = nodes.every((node) => "mode" in node || node.weights.length === 1);
  const rows: (readonly number[])[] = [];
  const rowOf = new Map<string, number>();
  const words: number[] = [];
  const begin: number[] = [];
  let far = false;

  const leaf = ({ weights }: ForestLeaf): void => {
    if (single) {
      words.push(bitsOf(weights[0]![1]), weights[0]![0]);
      return;
    }
    const row = Array.from({ length: limits.targets }, () => 0);
    for (const [target, weight] of weights) row[target] = weight;
    const key = row.join();
    if (!rowOf.has(key)) {
      rowOf.set(key, rows.length);
      rows.push(row);
    }
    words.push(rowOf.get(key)!, 0);
  };
  const branch = (threshold: number, feature: number, missingNext: boolean): number => {
    words.push(bitsOf(threshold), feature | (missingNext ? -0x80000000 : 0));
    return words.length / 2 - 1;
  };
  const setRight = (node: number, to: number): void => {
    if (to - node > farthest) far = true;
    else words[2 * node + 1]! |= (to - node) << width;
  };

  const laid = new Map<number, number>();
  for (const root of roots) {
    begin.push(words.length / 2);
    const open: { readonly at: number; readonly from?: number }[] = [{ at: root }];
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      const node = nodes[place.at]!;
      const known = laid.get(place.at);
      if (known !== undefined && place.from !== undefined && known > place.from) {
        setRight(place.from, known);
        continue;
      }
      if (known !== undefined && "mode" in node) return "a branch that two others are followed by";
      if (place.from !== undefined) setRight(place.from, words.length / 2);
      laid.set(place.at, words.length / 2);
      if (!("mode" in node)) {
        leaf(node);
        continue;
      }
      if (Number.isNaN(node.value)) return "a threshold that is NaN";
      if (node.mode === "BRANCH_EQ" || node.mode === "BRANCH_NEQ") {
        const equal = node.mode === "BRANCH_EQ";
        const most = branch(node.value, node.feature, equal && node.missingYes);
        const less = branch(numberBefore(node.value), node.feature, false);
        setRight(most, less + 1);
        open.push({ at: equal ? node.yes : node.no, from: less }, { at: equal ? node.no : node.yes });
        continue;
      }
      const { threshold, next, other, missingNext } = stepOf(node);
      open.push({ at: other, from: branch(threshold, node.feature, missingNext) }, { at: next });
    }
  }
  if (far) return `a tree whose parts are more than ${farthest} nodes apart`;
  return {
    roots: Int32Array.from(begin),
    nodes: Int32Array.from(words),
    bits: width,
    ...(single ? {} : { rows }),
  };
}

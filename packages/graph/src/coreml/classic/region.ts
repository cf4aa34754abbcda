import { NODE_MODES, type Forest, type ForestBranch } from "../../op/forest.ts";
import { constantCell, isColumn, type Cell } from "./cell.ts";
import { isReason, questionCell } from "./cell-operator.ts";
import { refusal } from "./classic-reason.ts";

/** Where rows go by one column: the next node for numbers up to each place, and for what is missing. */
export interface Region {
  readonly column: number;
  readonly pieces: readonly { readonly to: number; readonly target: number }[];
  readonly missing: number;
  /** The branch as it stands, where it asks a column as it comes. */
  readonly plain: ForestBranch | undefined;
}

function merged(pieces: Region["pieces"]): Region["pieces"] {
  return pieces.filter(({ target }, at) => pieces[at + 1]?.target !== target);
}

/** Where a branch sends rows, by the column that its feature follows. */
export function regionOf(branch: ForestBranch, features: readonly Cell[]): Region {
  const cell = features[branch.feature]!;
  const asked = questionCell(
    cell,
    constantCell(branch.value),
    (x, value) => NODE_MODES[branch.mode](x, value) || (branch.missingYes && Number.isNaN(x)),
  );
  if (isReason(asked)) throw refusal(asked.reason, "an ML Program, LiteRT or ONNX");
  const target = (answer: number): number => (answer === 1 ? branch.yes : branch.no);
  return {
    column: asked.column,
    pieces: merged(
      asked.pieces.map(({ to, rule }) => ({ to, target: target((rule as { value: number }).value) })),
    ),
    missing: target(asked.missing),
    plain: isColumn(cell) ? branch : undefined,
  };
}

/** A region in which a target's rows go where that target sends them. */
function within(region: Region, target: number, inner: Region): Region {
  const pieces: { to: number; target: number }[] = [];
  let from = Number.NEGATIVE_INFINITY;
  for (const piece of region.pieces) {
    if (piece.target !== target) pieces.push(piece);
    else
      for (const [at, own] of inner.pieces.entries()) {
        const begin = at === 0 ? Number.NEGATIVE_INFINITY : inner.pieces[at - 1]!.to;
        if (own.to > from && begin < piece.to)
          pieces.push({ to: Math.min(own.to, piece.to), target: own.target });
      }
    from = piece.to;
  }
  return {
    column: region.column === -1 ? inner.column : region.column,
    pieces: merged(pieces),
    missing: region.missing === target ? inner.missing : region.missing,
    plain: undefined,
  };
}

/** The nodes that a region leads to, in the order in which numbers meet them. */
export const targetsOf = ({ pieces, missing }: Region): readonly number[] => [
  ...new Set([...pieces.map(({ target }) => target), missing]),
];

/** How many branches lead to each node. */
export function parentCounts({ nodes }: Forest): Int32Array {
  const counts = new Int32Array(nodes.length);
  for (const node of nodes)
    if ("mode" in node) {
      counts[node.yes]!++;
      if (node.no !== node.yes) counts[node.no]!++;
    }
  return counts;
}

/** Ways out that a chain of questions has at most at a time: two, and the next question. */
const MOST_WAYS = 3;

/**
 * A branch with those behind it that ask the same column and share a way out with it: the chain in which a graph asks for a
 * set of numbers. Core ML has no node below two others, so that the set has to be one question.
 *
 * @returns the longest chain with two ways out, or one; the branch by itself where there is none
 */
export function grownRegion(
  start: number,
  { nodes }: Forest,
  features: readonly Cell[],
  parents: Int32Array,
): Region {
  const own = regionOf(nodes[start] as ForestBranch, features);
  let [region, best] = [own, own];
  const isStep = (target: number): boolean => {
    const node = nodes[target]!;
    if (!("mode" in node) || parents[target] !== 1) return false;
    const { column } = features[node.feature]!;
    // A step's way out is one of several that lead there.
    return (
      (column === region.column || column === -1) && [node.yes, node.no].some((child) => parents[child]! > 1)
    );
  };
  for (let grown = 0; grown < nodes.length; grown++) {
    const next = targetsOf(region).find(isStep);
    if (next === undefined) break;
    region = within(region, next, regionOf(nodes[next] as ForestBranch, features));
    const ways = targetsOf(region).length;
    if (ways > MOST_WAYS) break;
    if (ways < MOST_WAYS) best = region;
  }
  return best;
}

import { tidelineError } from "@tideline/spec";
import { plotFrame } from "../plot/plot-frame.ts";
import { at, escaped, shortened, textAt, widthOf } from "../plot/svg-text.ts";
import type { Tree, TreeFeature } from "../tree-ensemble.ts";
import { branchQuestion, leafValue, nodeNumber } from "./branch-question.ts";
import { checkDepth } from "./drawn-depth.ts";

/** How a tree is drawn. */
export interface TreeSvgOptions {
  /** Levels below the root that are drawn; what lies deeper is left out, and its branches are marked. Default 5. */
  readonly depth?: number;
  /** What the drawing is called for those who cannot see it. Default "Decision tree". */
  readonly title?: string;
}

/** Leaves of a drawing at most: more cannot be read, and take megabytes. */
const MOST_ENDS = 4096;
const LEVEL = 96;
const BOX = 42;
const GAP = 14;
const MARGIN = 16;
const TOP = 46;
/** Characters of a question at most; the pointer shows the rest. */
const LONGEST = 34;

interface Placed {
  readonly node: number;
  readonly level: number;
  readonly text: string;
  readonly kind: "branch" | "leaf" | "more";
  readonly width: number;
  readonly children: readonly Placed[];
  x: number;
}

function place(tree: Tree, features: readonly TreeFeature[], depth: number): { root: Placed; width: number } {
  let right = MARGIN;
  let ends = 0;
  // The depth of the recursion is that of the drawing.
  const visit = (node: number, level: number): Placed => {
    const isLeaf = tree.feature[node] === -1;
    const kind = isLeaf ? "leaf" : level >= depth ? "more" : "branch";
    const text = isLeaf ? leafValue(tree, node) : branchQuestion(tree, node, features);
    const width = Math.ceil(Math.max(78, widthOf(shortened(text, LONGEST)) + 26));
    const start = right;
    const children =
      kind === "branch" ? [visit(tree.left[node]!, level + 1), visit(tree.right[node]!, level + 1)] : [];
    if (children.length === 0 && ++ends > MOST_ENDS)
      throw tidelineError("ARGUMENT_INVALID", {
        who: "treeSvg",
        field: "depth",
        expected: `a drawing of at most ${MOST_ENDS} ends`,
        received: String(depth),
      });
    const [first, second] = children;
    const middle = first === undefined ? start + width / 2 : (first.x + second!.x) / 2;
    const x = Math.max(middle, start + width / 2);
    right = Math.max(right, x + width / 2 + GAP);
    return { node, level, text, kind, width, children, x };
  };
  const root = visit(0, 0);
  return { root, width: right - GAP + MARGIN };
}

/** How boxes are painted: alike in light and dark. */
const PAINT = {
  branch: 'class="muted" fill-opacity="0.14" rx="4"',
  leaf: 'class="tide" fill-opacity="0.2" rx="14"',
  more: 'class="muted" fill-opacity="0.05" rx="4"',
} as const satisfies Record<Placed["kind"], string>;

/** The lines to a node's children, and those below. */
function lines(tree: Tree, { node, level, children, x }: Placed): string[] {
  const y = TOP + level * LEVEL + BOX;
  const middle = y + (LEVEL - BOX) / 2;
  return children.flatMap((child, side) => {
    const missing = (tree.missingLeft[node] === 1) === (side === 0);
    const curve = `M${at(x)} ${y}C${at(x)} ${middle} ${at(child.x)} ${middle} ${at(child.x)} ${y + LEVEL - BOX}`;
    const beside = (x + child.x) / 2 + (side === 0 ? -20 : 20);
    return [
      `<path class="zero${missing ? " missing" : ""}" stroke-width="${missing ? 2.5 : 1}" stroke-opacity="0.7" d="${curve}"/>`,
      textAt(beside, middle - 7, side === 0 ? "yes" : "no", { anchor: "middle", className: "muted" }),
      ...lines(tree, child),
    ];
  });
}

/** The boxes of a node and of those below. */
function boxes(tree: Tree, placed: Placed): string[] {
  const { node, level, text, kind, width, children, x } = placed;
  const y = TOP + level * LEVEL;
  const count = nodeNumber(tree.count[node]!);
  const rows = count === "" ? "" : `${count} ${count === "1" ? "row" : "rows"}`;
  const below = [kind === "more" ? "more" : "", rows].filter((part) => part !== "").join(", ");
  return [
    `<g><title>${escaped(text)}</title><rect x="${at(x - width / 2)}" y="${y}" width="${width}" height="${BOX}" ${PAINT[kind]}/></g>`,
    textAt(x, y + (below === "" ? 26 : 18), text, { anchor: "middle", most: LONGEST }),
    ...(below === "" ? [] : [textAt(x, y + 34, below, { anchor: "middle", className: "muted" })]),
    ...children.flatMap((child) => boxes(tree, child)),
  ];
}

/**
 * A tree as an SVG drawing: branches with what they ask, leaves with what they say, rows that answer yes to the left, a
 * thick line where what is missing goes. Colours follow the reader's light or dark scheme; nothing is loaded, no script
 * runs, and whatever names hold is text.
 *
 * @throws ARGUMENT_INVALID for a depth below 0, and a drawing of more than 4,096 ends.
 * @example
 * await writeFile("tree.svg", treeSvg(ensemble.trees[0]!, ensemble.features, { depth: 4 }));
 */
export function treeSvg(
  tree: Tree,
  features: readonly TreeFeature[],
  { depth = 5, title = "Decision tree" }: TreeSvgOptions = {},
): string {
  // Deeper drawings cannot be read, and recursion ends somewhere.
  const { root, width } = place(tree, features, Math.min(checkDepth("treeSvg", depth), 512));
  const levels = (placed: Placed): number => Math.max(placed.level, ...placed.children.map(levels));
  const summary = `A tree of ${tree.feature.length} nodes. Rows that answer yes go left; what is missing follows the thick lines.`;
  const height = TOP + levels(root) * LEVEL + BOX + MARGIN;
  return plotFrame({ width: Math.max(width, 240), height, title, summary }, [
    ...lines(tree, root),
    ...boxes(tree, root),
  ]);
}

import { illegal, type AttributeRules } from "./op-definition.ts";

/** How a node decides; at a leaf it does not. */
export const NODE_MODES = {
  BRANCH_LEQ: (x, value) => x <= value,
  BRANCH_LT: (x, value) => x < value,
  BRANCH_GTE: (x, value) => x >= value,
  BRANCH_GT: (x, value) => x > value,
  BRANCH_EQ: (x, value) => x === value,
  BRANCH_NEQ: (x, value) => x !== value,
} satisfies Record<string, (x: number, value: number) => boolean>;

/** A node that decides, with the positions of its children in `Forest.nodes`. */
export interface ForestBranch {
  readonly mode: keyof typeof NODE_MODES;
  readonly feature: number;
  readonly value: number;
  readonly yes: number;
  readonly no: number;
  /** Whether NaN goes where a true comparison goes, whatever the comparison says. */
  readonly missingYes: boolean;
}

/** A leaf: what it adds to which target. */
export interface ForestLeaf {
  readonly weights: readonly (readonly [target: number, weight: number])[];
}

/** The trees of an ensemble. */
export interface Forest {
  /** Positions of the trees' first nodes. */
  readonly roots: readonly number[];
  readonly nodes: readonly (ForestBranch | ForestLeaf)[];
}

/** Attributes of the nodes, the same for classifier and regressor. `nodes_hitrates` says nothing about a result. */
export const FOREST_RULES = {
  nodes_falsenodeids: { type: "ints", required: true },
  nodes_featureids: { type: "ints", required: true },
  nodes_hitrates: { type: "floats" },
  nodes_missing_value_tracks_true: { type: "ints" },
  nodes_modes: { type: "strings", required: true },
  nodes_nodeids: { type: "ints", required: true },
  nodes_treeids: { type: "ints", required: true },
  nodes_truenodeids: { type: "ints", required: true },
  nodes_values: { type: "floats", required: true },
  base_values: { type: "floats", default: [] },
  post_transform: { type: "string", default: "NONE" },
} as const satisfies AttributeRules;

/** What `readForest` reads, with the weights under names of its own. */
export interface ForestAttributes {
  readonly nodes_falsenodeids: readonly number[];
  readonly nodes_featureids: readonly number[];
  readonly nodes_missing_value_tracks_true?: readonly number[] | undefined;
  readonly nodes_modes: readonly string[];
  readonly nodes_nodeids: readonly number[];
  readonly nodes_treeids: readonly number[];
  readonly nodes_truenodeids: readonly number[];
  readonly nodes_values: readonly number[];
}

/** The leaves' weights, as parallel lists. */
export interface ForestWeights {
  readonly trees: readonly number[];
  readonly nodes: readonly number[];
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

/**
 * The trees of an ensemble's attributes. The nodes of a tree stand together, its first node is its root, no walk comes back
 * to where it was, every leaf weighs something. Several branches may lead to one node, as where a chain of them asks for a
 * set of values.
 *
 * @throws GRAPH_ILLEGAL
 */
export function readForest(
  who: string,
  attributes: ForestAttributes,
  leaves: ForestWeights,
  limits: { readonly features: number; readonly targets: number },
): Forest {
  const fail = (field: string, expected: string, received: string) => illegal(who, field, expected, received);
  const count = attributes.nodes_nodeids.length;
  const tracks = attributes.nodes_missing_value_tracks_true;
  const lists = [
    attributes.nodes_falsenodeids,
    attributes.nodes_featureids,
    attributes.nodes_modes,
    attributes.nodes_treeids,
    attributes.nodes_truenodeids,
    attributes.nodes_values,
    ...(tracks === undefined || tracks.length === 0 ? [] : [tracks]),
  ];
  if (count === 0 || lists.some((list) => list.length !== count))
    throw fail("nodes", `${count} of each attribute`, lists.map((list) => list.length).join(", "));
  if ([leaves.trees, leaves.nodes, leaves.targets].some((list) => list.length !== leaves.weights.length))
    throw fail("leaf weights", "lists of one length", `${leaves.weights.length} weights and others`);

  const positions = new Map<string, number>();
  const roots: number[] = [];
  const key = (tree: number, node: number): string => `${tree}:${node}`;
  const begun = new Set<number>();
  for (const [at, node] of attributes.nodes_nodeids.entries()) {
    const tree = attributes.nodes_treeids[at]!;
    if (tree !== attributes.nodes_treeids[at - 1]) {
      if (begun.has(tree)) throw fail("nodes_treeids", "the nodes of a tree together", `tree ${tree} twice`);
      begun.add(tree);
      roots.push(at);
    }
    if (positions.has(key(tree, node))) throw fail("nodes_nodeids", "each node once", `node ${node} twice`);
    positions.set(key(tree, node), at);
  }
  const weights = new Map<number, [number, number][]>();
  for (const [at, weight] of leaves.weights.entries()) {
    const leaf = positions.get(key(leaves.trees[at]!, leaves.nodes[at]!));
    const target = leaves.targets[at]!;
    if (leaf === undefined || attributes.nodes_modes[leaf] !== "LEAF")
      throw fail(
        "leaf weights",
        "the nodes of leaves",
        `node ${leaves.nodes[at]} of tree ${leaves.trees[at]}`,
      );
    const list = weights.get(leaf) ?? [];
    if (target < 0 || target >= limits.targets || list.some(([other]) => other === target))
      throw fail("leaf weights", `each of ${limits.targets} targets once at most`, String(target));
    weights.set(leaf, [...list, [target, weight]]);
  }

  const firsts = new Set<number>(roots);
  const nodes = attributes.nodes_modes.map((mode, at): ForestBranch | ForestLeaf => {
    if (mode === "LEAF") {
      const list = weights.get(at);
      if (list === undefined) throw fail("leaf weights", "a weight for every leaf", "a leaf without any");
      return { weights: list };
    }
    if (!Object.hasOwn(NODE_MODES, mode))
      throw fail("nodes_modes", `LEAF or one of ${Object.keys(NODE_MODES).join(", ")}`, mode);
    const feature = attributes.nodes_featureids[at]!;
    if (feature < 0 || feature >= limits.features)
      throw fail("nodes_featureids", `features below ${limits.features}`, String(feature));
    const child = (id: number): number => {
      const position = positions.get(key(attributes.nodes_treeids[at]!, id));
      if (position === undefined || firsts.has(position))
        throw fail("children", "nodes of the tree that are not its first", `node ${id}`);
      return position;
    };
    const yes = child(attributes.nodes_truenodeids[at]!);
    const no = child(attributes.nodes_falsenodeids[at]!);
    const missingYes = tracks?.[at] === 1;
    return {
      mode: mode as keyof typeof NODE_MODES,
      feature,
      value: attributes.nodes_values[at]!,
      yes,
      no,
      missingYes,
    };
  });
  const back = findCycle(nodes);
  if (back !== undefined)
    throw fail("children", "no way back", `node ${attributes.nodes_nodeids[back]} again below itself`);
  return { roots, nodes };
}

/** A node that can be reached from itself, where there is one. */
function findCycle(nodes: Forest["nodes"]): number | undefined {
  // Kahn (1962): nodes without an incoming branch that is left are taken away; what stays leads back.
  const incoming = new Int32Array(nodes.length);
  const childrenOf = (at: number): readonly number[] => {
    const node = nodes[at]!;
    return "mode" in node ? [node.yes, node.no] : [];
  };
  for (let at = 0; at < nodes.length; at++) for (const child of childrenOf(at)) incoming[child]!++;
  const free = nodes.map((_, at) => at).filter((at) => incoming[at] === 0);
  let taken = 0;
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    taken++;
    for (const child of childrenOf(at)) if (--incoming[child]! === 0) free.push(child);
  }
  return taken === nodes.length ? undefined : incoming.findIndex((count) => count > 0);
}

/** Adds up what the trees say of one row. */
export function sumOfTrees({ roots, nodes }: Forest, row: ArrayLike<number>, targets: number): Float64Array {
  const sums = new Float64Array(targets);
  for (const root of roots) {
    let node = nodes[root]!;
    while ("mode" in node) {
      const x = row[node.feature]!;
      const yes = NODE_MODES[node.mode](x, node.value) || (node.missingYes && Number.isNaN(x));
      node = nodes[yes ? node.yes : node.no]!;
    }
    for (const [target, weight] of node.weights) sums[target]! += weight;
  }
  return sums;
}

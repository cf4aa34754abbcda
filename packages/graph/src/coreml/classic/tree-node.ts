/** How a branch of Core ML asks, with its number. Source: `TreeNodeBehavior` of TreeEnsemble.proto (coremltools). */
export const TREE_BEHAVIOURS = {
  BRANCH_LEQ: 0,
  BRANCH_LT: 1,
  BRANCH_GTE: 2,
  BRANCH_GT: 3,
  BRANCH_EQ: 4,
  BRANCH_NEQ: 5,
} as const;

/** A question that a node asks of one number of the vector. */
export interface Split {
  /** Place in the vector. */
  readonly feature: number;
  readonly mode: keyof typeof TREE_BEHAVIOURS;
  readonly value: number;
  /** Whether NaN goes where yes goes. */
  readonly missingYes: boolean;
}

/** A node of a tree in which every node but the first is the child of one other. */
export type TreeNode =
  | (Split & { readonly tree: number; readonly id: number; yes: number; no: number })
  | {
      readonly tree: number;
      readonly id: number;
      /** What it adds, by output; at least one. */
      readonly values: readonly (readonly [output: number, value: number])[];
    };

/** Trees as Core ML has them. */
export interface PlannedTrees {
  readonly nodes: readonly TreeNode[];
  readonly outputs: number;
  readonly base: readonly number[];
}

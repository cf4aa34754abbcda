import type { Cell } from "./cell.ts";
import { numberAt } from "./float-order.ts";
import type { PlannedTrees, TreeNode } from "./tree-node.ts";

/** Steps that a model asks for beside its columns, each once. */
export interface StepList {
  /** The place of a step in the vector that begins with the columns. */
  place(cell: Cell): number;
  readonly cells: readonly Cell[];
}

/** An empty list behind so many columns. */
export function stepList(columns: number): StepList {
  const cells: Cell[] = [];
  const places = new Map<string, number>();
  return {
    cells,
    place(cell) {
      const key = JSON.stringify([
        cell.column,
        ...cell.pieces.map(({ to, rule }) => [to, String((rule as { value: number }).value)]),
        String(cell.missing),
      ]);
      const known = places.get(key) ?? columns + cells.push(cell) - 1;
      places.set(key, known);
      return known;
    },
  };
}

/** The tree that gives a step's values: its borders as a balanced search. */
function stepTree(into: TreeNode[], tree: number, { column, pieces, missing }: Cell): void {
  let id = 0;
  const valueAt = (at: number): number => (pieces[at]!.rule as { value: number }).value;
  const holds = (low: number, high: number): boolean =>
    pieces.some((_, at) => at >= low && at <= high && Object.is(valueAt(at), missing));
  const leaf = (value: number): number => {
    into.push({ tree, id, values: [[tree, value]] });
    return id++;
  };
  const search = (low: number, high: number): number => {
    if (low === high) return leaf(valueAt(low));
    const middle = (low + high) >> 1;
    const own = id++;
    const made: TreeNode = {
      tree,
      id: own,
      feature: column,
      mode: "BRANCH_LEQ",
      value: numberAt(pieces[middle]!.to),
      missingYes: holds(low, middle),
      yes: -1,
      no: -1,
    };
    into.push(made);
    made.yes = search(low, middle);
    made.no = search(middle + 1, high);
    return own;
  };
  if (holds(0, pieces.length - 1)) {
    search(0, pieces.length - 1);
    return;
  }
  const made: TreeNode = {
    tree,
    id: id++,
    feature: column,
    mode: "BRANCH_LEQ",
    value: Number.POSITIVE_INFINITY,
    missingYes: false,
    yes: -1,
    no: -1,
  };
  into.push(made);
  made.yes = search(0, pieces.length - 1);
  made.no = leaf(missing);
}

/** Trees that give all steps of a list, one output each, of a vector of columns. */
export function stepTrees(cells: readonly Cell[]): PlannedTrees {
  const nodes: TreeNode[] = [];
  for (const [tree, cell] of cells.entries()) stepTree(nodes, tree, cell);
  return { nodes, outputs: cells.length, base: cells.map(() => 0) };
}

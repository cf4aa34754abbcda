import type { Cell } from "./cell.ts";
import type { ClassicEntry } from "./classic-input.ts";
import { refusal } from "./classic-reason.ts";
import { numberAt } from "./float-order.ts";
import { widthOf } from "./stage.ts";
import type { TreeNode } from "./tree-node.ts";

/** Whole numbers up to here are numbers of single precision, each of them. */
const MOST_WHOLE = 2 ** 24;

/**
 * Wants questions to columns of whole numbers to be about such as single precision holds: a graph rounds larger ones before it
 * asks, and Core ML does not.
 *
 * @throws a `ClassicRefusal`
 */
export function checkWholeColumns(
  entries: readonly ClassicEntry[],
  nodes: readonly TreeNode[],
  steps: readonly Cell[],
): void {
  const whole = entries.flatMap((entry) =>
    Array.from({ length: widthOf(entry.feature) }, () => entry.whole === true),
  );
  const asked = [
    ...nodes.flatMap((node) => ("mode" in node ? [[node.feature, node.value] as const] : [])),
    ...steps.flatMap(({ column, pieces }) => pieces.map(({ to }) => [column, numberAt(to)] as const)),
  ];
  for (const [column, value] of asked)
    if (whole[column] === true && Number.isFinite(value) && Math.abs(value) >= MOST_WHOLE)
      throw refusal(
        `a column of whole numbers is asked about ${value}, beside which single precision rounds`,
        "a float32 input, or a smaller number (a difference of times, not a time)",
      );
}

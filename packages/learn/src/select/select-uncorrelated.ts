import { belowOne } from "../net/check-option.ts";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels } from "./check-label.ts";
import { correlationRatio } from "./association.ts";
import {
  complete,
  correlationOf,
  correlationsOf,
  type CorrelationKind,
} from "./correlation/correlation-matrix.ts";
import { averageRanks } from "./correlation/rank.ts";
import { numbersOnly, selectTable, type SelectRows, type SelectTable } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectUncorrelated` takes. */
export interface UncorrelatedOptions {
  /** Default "pearson". */
  readonly method?: CorrelationKind;
  /** The size of correlation above which one of two columns is dropped. Default 0.95. */
  readonly bound?: number;
}

/** Columns that are linked by correlations above the bound. */
export interface CorrelatedCluster {
  readonly columns: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Drops what another column says already: of two columns of numbers whose correlation exceeds the bound in size one is kept,
 * with labels the one that goes with them more (numbers: the same correlation; classes: the correlation ratio, of ranks
 * where the method is one of ranks), without them or at a tie the earlier. Columns are taken in that order, and each is
 * compared with those that are kept: no two kept ones exceed the bound, and each dropped one exceeds it with one that is kept.
 *
 * The score is the largest correlation with a kept column. `report.details.clusters` lists what is linked. Texts are not judged.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` as `correlationMatrix`, and ARGUMENT_INVALID for labels of another length.
 * @example
 * selectUncorrelated({ method: "spearman", bound: 0.9 }).fit(rows, labels).dropped[0]?.reason; // "correlation 0.97 with height"
 */
export function selectUncorrelated(options: UncorrelatedOptions = {}): Selector<Selected> {
  const who = "selectUncorrelated";
  const { method = "pearson" } = options;
  const bound = belowOne(who, "bound", options.bound ?? 0.95);
  const all = Object.freeze({ method, bound });
  return Object.freeze({
    kind: who,
    options: all,
    fit(rows: SelectRows, labels?: Labels): Selected {
      const table = numbersOnly(selectTable(who, rows));
      const { names, values } = correlationsOf(who, table, method);
      const width = names.length;
      const sizeOf = (i: number, j: number) => Math.abs(values[i * width + j]!) || 0;
      const relation = relationTo(who, table, labels, method);
      const kept: number[] = [];
      const verdicts: { keep: boolean; score: number; reason: string }[] = [];
      for (const at of [...names.keys()].sort((a, b) => relation[b]! - relation[a]! || a - b)) {
        let nearest = -1;
        for (const other of kept) if (nearest < 0 || sizeOf(at, other) > sizeOf(at, nearest)) nearest = other;
        const score = nearest < 0 ? 0 : sizeOf(at, nearest);
        const keep = score <= bound;
        if (keep) kept.push(at);
        const signed = nearest < 0 ? 0 : values[at * width + nearest]!;
        verdicts[at] = {
          keep,
          score,
          reason: `correlation ${signed.toPrecision(3)} with ${names[nearest] ?? ""}`,
        };
      }
      const clusters = clustersOf(names, kept, (i, j) => sizeOf(i, j) > bound);
      return selectedOf(who, `largest ${method} correlation with a kept column`, all, table, verdicts, {
        clusters,
      });
    },
  });
}

/** How strongly each column goes with the labels; 0 without any. */
function relationTo(
  who: string,
  table: SelectTable,
  given: Labels | undefined,
  method: CorrelationKind,
): readonly number[] {
  if (given === undefined) return table.columns.map(() => 0);
  const labels = checkLabels(who, table.rows, given);
  const y = Float64Array.from(labels.y);
  return table.columns.map((column) => {
    const [x, own] = complete(column.kind === "numbers" ? column.read() : new Float64Array(0), y);
    if (labels.kind === "values") return Math.abs(correlationOf(x, own, method)) || 0;
    return correlationRatio(method === "pearson" ? x : averageRanks(x), own, labels.classes.length) || 0;
  });
}

/** What is linked (single linkage), more than one column each, in the order of columns. */
function clustersOf(
  names: readonly string[],
  kept: readonly number[],
  linked: (i: number, j: number) => boolean,
): readonly CorrelatedCluster[] {
  const group = names.map((_, at) => at);
  const rootOf = (at: number): number => {
    let root = at;
    while (group[root] !== root) root = group[root]!;
    return root;
  };
  for (let i = 1; i < names.length; i++) {
    for (let j = 0; j < i; j++) {
      if (!linked(i, j)) continue;
      const [a, b] = [rootOf(i), rootOf(j)];
      group[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const members = Map.groupBy(names.keys(), rootOf);
  return [...members.values()]
    .filter((places) => places.length > 1)
    .map((places) => ({
      columns: places.map((at) => names[at]!),
      kept: places.filter((at) => kept.includes(at)).map((at) => names[at]!),
    }));
}

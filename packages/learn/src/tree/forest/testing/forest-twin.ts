import { seededRandom, type Random } from "../../../random.ts";
import type { BinnedFeature, BinnedTable } from "../../binned-table.ts";
import type { Tree } from "../../tree-ensemble.ts";
import { bagPlan, drawBag } from "../bag.ts";
import { binsByRow, ownBins } from "../bin-by-row.ts";
import type { ForestGrowth, ForestSource } from "../forest-source.ts";
import { treeGrower } from "../forest-tree.ts";
import { wasmEnds } from "../wasm-end.ts";

/** One tree grown twice: with ends of branches in WebAssembly, and all in TypeScript. */
export interface ForestTwins {
  readonly fast: Tree;
  readonly slow: Tree;
  /** Nodes that WebAssembly grew. */
  readonly ended: number;
}

/** A tree of random rows, targets and growth, by a seed: what a place without WebAssembly grows, too. */
export function forestTwins(seed: number): ForestTwins {
  const random = seededRandom(seed);
  const source = randomSource(random);
  const growth = randomGrowth(random, source);
  let ended = 0;
  const counted: typeof wasmEnds = (given, asked, draft) => {
    const open = wasmEnds(given, asked, draft);
    if (open === undefined) return undefined;
    return (rows) => {
      const { most, grow } = open(rows);
      return {
        most,
        grow(...call) {
          const root = grow(...call);
          ended += draft.list.count - root;
          return root;
        },
      };
    };
  };
  const [bag, branches] = [random.uint32(), random.uint32()];
  const grown = [counted, () => undefined].map((ends) => {
    const grower = treeGrower(source, growth, ends);
    drawBag(bagPlan(source.table.rows, source.weight, 1, true), seededRandom(bag), grower.drawn);
    // The second tree finds what the first has left behind.
    grower.grow(branches);
    return grower.grow(branches + 1).tree;
  });
  return { fast: grown[0]!, slow: grown[1]!, ended };
}

function randomSource(random: Random): ForestSource {
  const rows = 1 + random.integer(random.integer(24) === 0 ? 16_000 : 300);
  const table = randomTable(random, rows);
  const two = random.integer(3) === 0;
  const steps = 1 + random.integer(6);
  const first = table.bins[0]!;
  const target = Float64Array.from({ length: rows }, (_, row) => {
    if (two) return random.integer(2);
    return steps === 1 ? first[row]! / 512 + 0.2 * random.uniform() : random.integer(steps) / 8 - 0.25;
  });
  // The last row weighs something, so that a tree has rows.
  const weight =
    random.integer(3) > 0
      ? undefined
      : Float64Array.from({ length: rows }, (_, row) =>
          row < rows - 1 && random.integer(5) === 0 ? 0 : 0.01 + 3 * random.uniform(),
        );
  const byRow = binsByRow(table, ownBins);
  return { table, byRow, classes: 0, target, centre: 0.25, scale: 2, gainScale: two ? 2 : 4, weight };
}

/** Columns of few and many values, constant ones, and such as lack some values or all. */
function randomTable(random: Random, rows: number): BinnedTable {
  const width = 1 + random.integer(random.integer(40) === 0 ? 257 : 10);
  const features: BinnedFeature[] = [];
  const bins: Uint8Array[] = [];
  for (let at = 0; at < width; at++) {
    const values = 1 + random.integer([1, 4, 255][random.integer(3)]!);
    const missing = random.integer(2) === 1;
    const upper = Float64Array.from({ length: values }, (_, bin) =>
      bin === values - 1 ? Infinity : bin + (bin > 5 ? bin * bin : 0),
    );
    const share = [0.01, 0.4, 1][random.integer(3)]!;
    features.push({ kind: "numeric", name: `c${at}`, upper, missing, bins: values + (missing ? 1 : 0) });
    const bin = () => (missing && random.uniform() < share ? values : random.integer(values));
    bins.push(Uint8Array.from({ length: rows }, bin));
  }
  return { rows, features, bins };
}

function randomGrowth(random: Random, { table, weight }: ForestSource): ForestGrowth {
  return {
    leaves: Infinity,
    depth: random.integer(4) === 0 ? 1 + random.integer(8) : Infinity,
    featuresByNode: 1 + random.integer(table.features.length),
    minChildRows: weight === undefined ? 1 + random.integer(4) : 1,
    minChildWeight: random.integer(2) * 4 * random.uniform(),
    minGain: random.integer(4) === 0 ? 0.1 * random.uniform() : 0,
    extra: false,
  };
}

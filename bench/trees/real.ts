import { matrix } from "@tideline/learn";
import { ADULT } from "../../examples/trees/adult-example.ts";
import type { ExampleRun } from "../../examples/trees/example-run.ts";
import { MEASURES, type TreeExample } from "../../examples/trees/example.ts";
import { ONLINE_SHOPPERS } from "../../examples/trees/online-shoppers-example.ts";
import { UCI_HAR } from "../../examples/trees/uci-har-example.ts";
import { DEFAULTS, type TreeSetting } from "./case.ts";
import type { CompareOptions } from "./compare.ts";
import { removeTreeFiles, writeTreeFiles, type TreeFiles } from "./data-file.ts";
import type { SideName } from "./message.ts";
import { comparison, mean, type Comparison, type QualityPair } from "./result.ts";
import { runSide, type SideRun } from "./side.ts";

/** The examples whose figures are compared. */
export const REAL_CASES: readonly TreeExample[] = [ADULT, ONLINE_SHOPPERS, UCI_HAR];

/** One example against one peer, on its own test rows. */
export interface RealResult extends Comparison {
  readonly case: string;
  readonly measure: TreeExample["measure"];
  /** Of each run: a seed on the official split, or a fold. */
  readonly figures: QualityPair;
  readonly threads: number;
}

/** Columns as numbers: categories by their place among those of the training rows, what is missing or new as NaN. */
function filesOf(folder: string, name: string, { train, test }: ExampleRun): TreeFiles {
  const names = Object.keys(train.columns);
  const categorical = train.categorical.map((column) => names.indexOf(column));
  const counts = { train: train.y.length, held: test.y.length, columns: names.length };
  return writeTreeFiles(folder, name, counts, categorical, (write) => {
    for (const column of names) {
      const both = [...train.columns[column]!, ...test.columns[column]!];
      const seen = new Set(train.columns[column]!);
      seen.delete(null);
      const places = new Map([...seen].map((value, code) => [value, code] as const));
      const number = train.categorical.includes(column)
        ? (value: (typeof both)[number]) => places.get(value) ?? NaN
        : (value: (typeof both)[number]) => (value === null ? NaN : Number(value));
      write(Float32Array.from(both, number));
    }
    return Float64Array.from([...train.y, ...test.y]);
  });
}

function figureOf({ measure }: TreeExample, { test }: ExampleRun, { predicted }: SideRun): number {
  const { y, classes } = test;
  const values =
    classes.length > 2
      ? predicted
      : Float64Array.from({ length: 2 * y.length }, (_, at) =>
          at % 2 === 1 ? predicted[at >> 1]! : 1 - predicted[at >> 1]!,
        );
  return MEASURES[measure](y, matrix(y.length, classes.length, values));
}

/** Trains the chosen configuration of an example on both sides, on equal rows, and judges both by its measure. */
export async function compareReal(
  example: TreeExample,
  data: string,
  options: Omit<CompareOptions, "growth" | "from">,
): Promise<readonly RealResult[]> {
  const { folder, threads, peers, repeats, progress } = options;
  const sides = ["ours", ...peers] as const;
  const found = new Map(sides.map((side) => [side, [] as { run: SideRun; figure: number }[]] as const));
  for (const [at, given] of (await example.final(data, repeats)).entries()) {
    const { train, seed } = given;
    const files = filesOf(folder, example.name, given);
    const classes = train.classes.length;
    const task = classes > 2 ? "multiclass" : "binary";
    const chosen = example.configurations[example.chosen(given.name)] as Partial<TreeSetting>;
    const setting = { ...DEFAULTS, ...chosen };
    for (const side of at % 2 === 0 ? sides : sides.toReversed()) {
      progress?.(`${example.name}, ${given.name}: ${side}`);
      const job = { family: "boost", task, classes, files, from: "columns", setting, seed, threads } as const;
      const run = await runSide(side, job, options);
      found.get(side)!.push({ run, figure: figureOf(example, given, run) });
    }
    removeTreeFiles(files);
  }
  const [ours, runs] = [found.get("ours")!, (side: SideName) => found.get(side)!];
  return peers.map((peer) => {
    const [mine, theirs] = [ours, runs(peer)].map((list) => list.map(({ figure }) => figure));
    return {
      case: example.name,
      measure: example.measure,
      figures: { ours: mine!, peer: theirs!, difference: mean(mine!) - mean(theirs!) },
      threads,
      ...comparison(
        ours.map(({ run }) => run),
        runs(peer).map(({ run }) => run),
      ),
    };
  });
}

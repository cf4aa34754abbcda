import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { seededRandom } from "../../packages/learn/src/random.ts";
import { multiclassLogLoss, OBJECTIVES } from "../../packages/learn/src/tree/boost/objective/index.ts";
import type { BoostTarget, Objective } from "../../packages/learn/src/tree/boost/objective/objective.ts";
import { boostedTrees, type BoostedTreesOptions } from "../../packages/learn/src/learn-tree.ts";

/**
 * Every objective against LightGBM's, with its defaults and 100 rounds, by the loss of rows held out: `node
 * scripts/nightly/boost-objective.ts [python] [tables] [first seed]`. It needs Python with the packages of
 * scripts/requirements-trees.txt, and fails where ours is worse by more than 2 % in the mean over five tables: on a single one
 * chance alone makes so much of a difference now and then. Rows are made by seeds; some numbers are missing, and errors have
 * heavy tails.
 */
const python = process.argv[2] ?? process.env["PYTHON"] ?? "python3";
const [tables = 5, firstSeed = 7] = process.argv.slice(3).map(Number);
const [ROWS, COLUMNS, GROUP, SLACK] = [12_000, 10, 20, 1.02];

type Labels = Readonly<Record<"numbers" | "counts" | "amounts" | "grades" | "classes", Float64Array>>;

/** Rows to train on, then as many to judge by. */
function madeTable(seed: number): { readonly X: Float64Array; readonly labels: Labels } {
  const random = seededRandom(seed);
  const X = Float64Array.from({ length: 2 * ROWS * COLUMNS }, () => random.normal());
  const signal = Float64Array.from({ length: 2 * ROWS }, (_, row) => {
    const [a, b, c, d, e] = X.subarray(row * COLUMNS) as unknown as [number, number, number, number, number];
    return 2 * Math.sin(2 * a) + b * c + Math.abs(d) + e / 2;
  });
  for (let at = 0; at < X.length; at++) if (random.uniform() < 0.05) X[at] = NaN;
  // Student's t with three degrees of freedom, halved.
  const tail = () =>
    (0.5 * random.normal()) /
    Math.sqrt((random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2) / 3);
  const poisson = (mean: number) => {
    let [count, left] = [0, Math.exp(-mean)];
    for (let product = random.uniform(); product > left; product *= random.uniform()) count++;
    return count;
  };
  const labels: Labels = {
    numbers: signal.map((value) => value + tail()),
    counts: signal.map((value) => poisson(Math.exp(0.4 * value))),
    amounts: signal.map((value) =>
      random.uniform() < 0.4 ? 0 : -Math.exp(0.4 * value) * Math.log(random.uniform() * random.uniform()),
    ),
    grades: signal.map((value) =>
      Math.max(0, Math.min(4, Math.round(value / 1.5 + 1 + 0.4 * random.normal()))),
    ),
    classes: signal.map(
      (value) => [-0.5, 1, 2.5].filter((bound) => value + 0.3 * random.normal() > bound).length,
    ),
  };
  return { X, labels };
}

interface Case {
  readonly options: BoostedTreesOptions;
  readonly label: keyof Labels;
  readonly objective: Objective;
  readonly params: Readonly<Record<string, unknown>>;
}

const regression = { task: "regression" } as const;
const CASES: Readonly<Record<string, Case>> = {
  squaredError: {
    options: regression,
    label: "numbers",
    objective: OBJECTIVES.squaredError(),
    params: { objective: "l2" },
  },
  absoluteError: {
    options: { ...regression, objective: "absoluteError" },
    label: "numbers",
    objective: OBJECTIVES.absoluteError(),
    params: { objective: "l1" },
  },
  huber: {
    options: { ...regression, objective: { huber: { delta: 0.9 } } },
    label: "numbers",
    objective: OBJECTIVES.huber({ delta: 0.9 }),
    params: { objective: "huber", alpha: 0.9 },
  },
  quantile: {
    options: { ...regression, objective: { quantile: { share: 0.9 } } },
    label: "numbers",
    objective: OBJECTIVES.quantile({ share: 0.9 }),
    params: { objective: "quantile", alpha: 0.9 },
  },
  poisson: {
    options: { ...regression, objective: "poisson" },
    label: "counts",
    objective: OBJECTIVES.poisson(),
    params: { objective: "poisson" },
  },
  tweedie: {
    options: { ...regression, objective: "tweedie" },
    label: "amounts",
    objective: OBJECTIVES.tweedie(),
    params: { objective: "tweedie" },
  },
  multiclassLogLoss: {
    options: {},
    label: "classes",
    objective: multiclassLogLoss(),
    params: { objective: "multiclass", num_class: 4 },
  },
  lambdaRank: {
    options: { task: "ranking" },
    label: "grades",
    objective: OBJECTIVES.lambdaRank({ truncation: 10 }),
    params: { objective: "lambdarank" },
  },
};

const part = (values: Float64Array, held: boolean) =>
  values.slice(held ? values.length / 2 : 0, held ? values.length : values.length / 2);
const groupSizes = Array.from({ length: ROWS / GROUP }, () => GROUP);
/** Our loss and LightGBM's of each case. */
async function losses(seed: number): Promise<ReadonlyMap<string, readonly [own: number, peer: number]>> {
  const { X, labels } = madeTable(seed);
  const given = (held: boolean) => ({ X: { rows: ROWS, columns: COLUMNS, values: part(X, held) } });
  const ownScores = async ({ options, label }: Case): Promise<Float64Array> => {
    const rows = {
      ...given(false),
      y: part(labels[label], false),
      groupSizes,
      classes: ["a", "b", "c", "d"],
    };
    const model = await boostedTrees(options).fit(rows as never);
    return Float64Array.from(model.scores(given(true)).values);
  };
  const folder = mkdtempSync(join(tmpdir(), "tideline-objective-"));
  const write = (name: string, values: Float64Array) => writeFileSync(join(folder, `${name}.bin`), values);
  write("train", part(X, false));
  write("held", part(X, true));
  for (const [name, values] of Object.entries(labels)) write(name, part(values, false));
  const script = join(import.meta.dirname, "boost-objective.py");
  const peer = spawn(python, [script, folder, String(COLUMNS), String(GROUP)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  // A peer that died says so by its end, not by a broken pipe.
  peer.stdin.on("error", () => {});
  const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const found = new Map<string, readonly [number, number]>();
  try {
    for (const [name, one] of Object.entries(CASES)) {
      peer.stdin.write(`${JSON.stringify({ name, label: one.label, params: one.params })}\n`);
      if ((await answers.next()).done === true)
        throw new Error(
          `boost-objective: expected ${python} with the packages of scripts/requirements-trees.txt`,
        );
      const bytes = readFileSync(join(folder, "scores.bin"));
      const theirs = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
      const groups = Int32Array.from({ length: ROWS / GROUP + 1 }, (_, group) => group * GROUP);
      const y = part(labels[one.label], true);
      const target: BoostTarget = { rows: ROWS, y, weight: undefined, classes: 4, groups };
      const loss = (scores: Float64Array): number => one.objective.loss!(target, scores);
      found.set(name, [loss(await ownScores(one)), loss(theirs)]);
    }
  } finally {
    peer.stdin.end();
    rmSync(folder, { recursive: true });
  }
  return found;
}

const all: ReadonlyMap<string, readonly [number, number]>[] = [];
for (let at = 0; at < tables; at++) all.push(await losses(firstSeed + at));
const worse: string[] = [];
for (const name of Object.keys(CASES)) {
  const mean = (side: 0 | 1): number =>
    all.reduce((sum, found) => sum + found.get(name)![side], 0) / all.length;
  const [own, other] = [mean(0), mean(1)];
  const each = all.map((found) => (found.get(name)![0] - found.get(name)![1]).toFixed(5)).join(", ");
  console.log(`${name}: ours ${own.toFixed(5)}, LightGBM's ${other.toFixed(5)} (differences ${each})`);
  if (!(own <= other + (SLACK - 1) * Math.abs(other))) worse.push(name);
}
if (worse.length > 0) {
  console.error(
    `boost-objective: expected mean losses within 2 % of LightGBM's, received worse ones of ${worse.join(", ")}`,
  );
  process.exitCode = 1;
}

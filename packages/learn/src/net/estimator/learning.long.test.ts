import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { logisticRegression } from "../../logistic-regression.ts";
import { matrix } from "../../matrix.ts";
import { accuracy } from "../../metric/accuracy.ts";
import { ndcgAtK, recallAtK } from "../../metric/ranking.ts";
import { seededRandom } from "../../random.ts";
import { gru } from "./gru.ts";
import { mlp } from "./mlp.ts";
import { popularity } from "./popularity.ts";
import type { Recommendations } from "./recommendation.ts";
import { tableEmbedding } from "./table-embedding.ts";
import { transformer } from "./transformer.ts";
import { twoTower } from "./two-tower.ts";

const runtime = onnxruntimeNode;

test("gru remembers the sign of the first step to the end of series of 6 to 12 steps", async () => {
  const made = (count: number, seed: number) => {
    const random = seededRandom(seed);
    const lengths = Int32Array.from({ length: count }, () => 6 + random.integer(7));
    const values = Float32Array.from({ length: count * 12 }, () => random.normal());
    const y = Int32Array.from(lengths, (_, row) => (values[row * 12]! > 0 ? 1 : 0));
    return { X: matrix(count, 12, values), lengths, y, classes: ["down", "up"] };
  };
  const [train, held] = [made(1000, 1), made(400, 2)];
  const options = { units: [16], epochs: 8, batch: 32, rate: 0.02, dropout: 0, labelSmoothing: 0 };
  const model = await gru({ shape: [12, 1], lengths: true, ...options, seed: 1 }).fit(train, { runtime });
  // All that stands behind a series' length is noise: a net that looked at it would be no better than its memory.
  expect(accuracy(held.y, await model.predict(held, runtime))).toBeGreaterThan(0.97);
});

test("transformer finds the token after a marker, which no bag of tokens tells", async () => {
  const [length, kinds] = [5, 3];
  const made = (count: number, seed: number) => {
    const random = seededRandom(seed);
    const ids = Int32Array.from({ length: count * length }, () => 2 + random.integer(kinds));
    const y = new Int32Array(count);
    for (let row = 0; row < count; row++) {
      const real = 4 + random.integer(length - 3);
      const marker = row * length + random.integer(real - 1);
      ids[marker] = 1;
      y[row] = ids[marker + 1]! - 2;
      ids.fill(0, row * length + real, (row + 1) * length);
    }
    return { ids, y, classes: ["a", "b", "c"] };
  };
  const [train, held] = [made(1000, 1), made(400, 2)];
  const input = { ids: { length, entries: kinds + 2 } };
  const options = {
    input,
    width: 16,
    heads: 2,
    batch: 32,
    rate: 0.01,
    dropout: 0,
    labelSmoothing: 0,
    seed: 1,
  };
  const model = await transformer({ ...options, epochs: 10 }).fit(train, { runtime });
  expect(accuracy(held.y, await model.predict(held, runtime))).toBeGreaterThan(0.97);
  // The same net without places sees a bag of tokens: the commonest of the three or four is right 63 % or 59 % of the time.
  const bag = await transformer({ ...options, epochs: 3, position: "none" }).fit(train, { runtime });
  expect(accuracy(held.y, await bag.predict(held, runtime))).toBeLessThan(0.7);
});

test("tableEmbedding learns what two categories say only together, which logistic regression cannot", async () => {
  const noise = 0.1;
  const made = (count: number, seed: number) => {
    const random = seededRandom(seed);
    const [left, right] = [0, 1].map(() => Array.from({ length: count }, () => random.integer(8)));
    const size = Float64Array.from({ length: count }, () => 50 + 10 * random.normal());
    const y = Int32Array.from(
      left!,
      (a, row) => ((a + right![row]!) % 2) ^ (random.uniform() < noise ? 1 : 0),
    );
    const columns = { left: left!.map((a) => `l${a}`), right: right!.map((b) => `r${b}`), size };
    const oneHot = new Float32Array(count * 16);
    for (let row = 0; row < count; row++)
      for (const at of [left![row]!, 8 + right![row]!]) oneHot[row * 16 + at] = 1;
    return { columns, y, classes: ["even", "odd"], X: matrix(count, 16, oneHot) };
  };
  const [train, held] = [made(1500, 1), made(1000, 2)];
  const linear = logisticRegression({}).fit(train);
  expect(accuracy(held.y, linear.predict(held.X))).toBeLessThan(0.6);
  const model = await tableEmbedding({
    categorical: ["left", "right"],
    numeric: ["size"],
    hidden: [32],
    epochs: 12,
    rate: 0.01,
    seed: 1,
  }).fit(train, { runtime });
  // Bayes' rate is 0.9.
  expect(accuracy(held.y, await model.predict(held, runtime))).toBeGreaterThan(0.87);
});

test("mlp learns numbers, and a Huber loss does not follow wild ones", async () => {
  const made = (count: number, seed: number, wild: number) => {
    const random = seededRandom(seed);
    const values = Float32Array.from({ length: count * 2 }, () => random.normal());
    const exact = Float64Array.from({ length: count }, (_, row) => {
      const [a, b] = [values[row * 2]!, values[row * 2 + 1]!];
      return 5000 + 100 * Math.abs(a) + 50 * b;
    });
    const y = exact.map((value) => (random.uniform() < wild ? value + 5000 : value));
    return { X: matrix(count, 2, values), y, exact };
  };
  const held = made(500, 2, 0);
  const options = { hidden: [32], epochs: 15, batch: 32, rate: 0.01, dropout: 0, seed: 1 } as const;
  const errorOf = async (wild: number, loss: "mse" | { huber: { delta: number } }) => {
    const model = await mlp({ task: "regression", ...options, loss }).fit(made(800, 1, wild), { runtime });
    const found = await model.predict(held.X, runtime);
    return Math.sqrt(
      found.reduce((sum, value, row) => sum + (value - held.exact[row]!) ** 2, 0) / found.length,
    );
  };
  // The deviation of the targets is 78.
  expect(await errorOf(0, "mse")).toBeLessThan(15);
  const [square, robust] = [await errorOf(0.05, "mse"), await errorOf(0.05, { huber: { delta: 0.05 } })];
  expect(robust).toBeLessThan(square / 3);
});

test("twoTower finds the blocks that users like, which popularity cannot, and what is new by its features", async () => {
  const random = seededRandom(4);
  const [blocks, perBlock] = [5, 12];
  const users: string[] = [];
  const items: string[] = [];
  const relevant: Set<string>[] = [];
  const seen: Set<string>[] = [];
  const names: string[] = [];
  for (let u = 0; u < 200; u++) {
    const block = u % blocks;
    const liked = new Set<string>();
    // Items of a block are not equally popular: the first come up four times as often as the last.
    while (liked.size < 8) {
      const own = random.uniform() < 0.9 ? block : random.integer(blocks);
      liked.add(`i${own}-${Math.floor(perBlock * random.uniform() ** 1.5)}`);
    }
    const [train, held] = [[...liked].slice(0, 5), [...liked].slice(5)];
    for (const item of train) {
      users.push(`u${u}`);
      items.push(item);
    }
    names.push(`u${u}`);
    seen.push(new Set(train));
    relevant.push(new Set(held));
  }
  const catalogue = Array.from(
    { length: blocks * perBlock + blocks },
    (_, at) => `i${at % blocks}-${Math.floor(at / blocks)}`,
  );
  const X = matrix(catalogue.length, blocks, new Float32Array(catalogue.length * blocks));
  for (const [at, id] of catalogue.entries()) X.values[at * blocks + Number(id[1])] = 1;
  const rows = { users, items, itemFeatures: { ids: catalogue, X } };
  const model = await twoTower({ size: 8, embedding: 8, epochs: 12, batch: 100, rate: 0.02, seed: 1 }).fit(
    rows,
    { runtime },
  );
  const found = await model.recommend({ ids: names }, 10, runtime, { exclude: seen });
  const base = popularity().fit(rows).recommend({ ids: names }, 10, { exclude: seen });
  const figures = ({ items: recommended }: Recommendations) => ({
    recall: recallAtK({ recommended, relevant }, 10),
    ndcg: ndcgAtK({ recommended, relevant }, 10),
  });
  // Who knew the blocks alone would find about 0.9 of what is left: some was taken by chance.
  expect(figures(found).recall).toBeGreaterThan(0.75);
  expect(figures(base).recall).toBeLessThan(0.25);
  expect(figures(found).ndcg).toBeGreaterThan(3 * figures(base).ndcg);
  expect(found.items.every((list, user) => list.every((item) => !seen[user]!.has(item)))).toBe(true);
  // The thirteenth item of a block was never taken by anybody.
  const fresh = { ids: ["i3-12", "i3-0", "i0-0"], features: rows.itemFeatures };
  const { values } = await model.embedItems(fresh, runtime);
  const cosine = (a: number, b: number) =>
    Float64Array.from(values.slice(a * 8, a * 8 + 8), (value, at) => value * values[b * 8 + at]!).reduce(
      (sum, term) => sum + term,
      0,
    );
  expect(cosine(0, 1)).toBeGreaterThan(cosine(0, 2) + 0.3);
});

import { test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrix, selectRows, type Matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import { estimatorChecks, type EstimatorCheck } from "../testing/estimator-check.ts";
import { classifies, ranks, regresses } from "../testing/estimator-trait.ts";
import { gru, type SeriesRows } from "./gru.ts";
import { mlp } from "./mlp.ts";
import type { Series } from "./series.ts";
import { tableEmbedding, type TableRows } from "./table-embedding.ts";
import { tableEncoder, type Table } from "./table-encoding.ts";
import type { IdRows } from "./token-row.ts";
import type { TowerRows } from "./tower.ts";
import { transformer } from "./transformer.ts";
import { twoTower, type InteractionRows } from "./two-tower.ts";

const runtime = onnxruntimeNode;
const ROWS = 40;
const random = seededRandom(5);
const y = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
const classes = ["no", "yes"];
const numbers = Float64Array.from(y, (label) => 1000 + 50 * label + random.normal());

function numbersOf(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => 10 + 3 * random.normal());
}

function integersOf(values: Iterable<number>): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}

function run(checks: readonly EstimatorCheck[]): void {
  for (const check of checks) test(check.name, check.run);
}

const X = matrix(ROWS, 3, numbersOf(ROWS * 3));
run(
  estimatorChecks(runtime, {
    name: "mlp regression",
    estimator: (seed) => mlp({ task: "regression", hidden: [8], epochs: 3, batch: 16, loss: "huber", seed }),
    trait: regresses<Matrix>(),
    rows: { X, y: numbers },
    given: selectRows(X, [4, 1, 7]),
    alone: selectRows(X, [4]),
    feeds: (given) => ({ x: { dims: [given.rows, 3], values: Float32Array.from(given.values) } }),
    bad: [
      { rows: { X, y: numbers.slice(1) }, says: /y: expected 40 targets/ },
      { rows: { X, y: numbers.with(3, NaN) }, says: /y\[3\]: expected a finite number, received NaN/ },
      {
        rows: { X, y: numbers, sampleWeight: new Float64Array(40) },
        says: /sampleWeight: expected a positive/,
      },
    ],
  }),
);

const lengths = Int32Array.from({ length: ROWS }, (_, row) => 1 + (row % 5));
const series: SeriesRows = { X: matrix(ROWS, 10, numbersOf(ROWS * 10)), lengths, y, classes };
const seriesCase = {
  rows: series,
  given: { X: selectRows(series.X, [3, 0, 9]), lengths: [4, 1, 5] },
  alone: { X: selectRows(series.X, [3]), lengths: [4] },
  feeds: ({ X: { rows, values }, lengths: own }: Series) => ({
    x: { dims: [rows, 5, 2], values: Float32Array.from(values) },
    lengths: { dims: [rows], values: integersOf(own!) },
  }),
  bad: [
    {
      rows: { ...series, lengths: lengths.with(2, 6) },
      says: /lengths\[2\]: expected an integer in 1..5, received 6/,
    },
    { rows: { X: series.X, y, classes }, says: /lengths: expected 40 lengths, received none/ },
    { rows: { ...series, X }, says: /X: expected 10 columns, received 3/ },
  ],
};
const shape = [5, 2] as const;
run(
  estimatorChecks<SeriesRows, Series>(runtime, {
    name: "gru",
    estimator: (seed) =>
      gru({ shape, lengths: true, units: [4, 3], bidirectional: true, epochs: 2, batch: 16, seed }),
    trait: classifies<Series>(),
    ...seriesCase,
  }),
);
run(
  estimatorChecks<SeriesRows, Series>(runtime, {
    name: "transformer of series",
    estimator: (seed) =>
      transformer({
        input: { series: { shape, lengths: true } },
        width: 8,
        heads: 2,
        depth: 1,
        pool: "max",
        epochs: 2,
        batch: 16,
        seed,
      }),
    ...seriesCase,
  }),
);

const ids = Int32Array.from({ length: ROWS * 4 }, (_, at) => (at % 4 === 3 ? 0 : 1 + (at % 5)));
run(
  estimatorChecks(runtime, {
    name: "transformer of ids, regression",
    estimator: (seed) =>
      transformer({
        input: { ids: { length: 4, entries: 6 } },
        width: 8,
        heads: 2,
        depth: 1,
        task: "regression",
        position: "trained",
        epochs: 2,
        batch: 16,
        seed,
      }),
    trait: regresses<IdRows>(),
    rows: { ids, y: numbers },
    given: { ids: [1, 2, 3, 0, 0, 0, 0, 0] },
    alone: { ids: [1, 2, 3, 0] },
    feeds: ({ ids: own }) => ({ x: { dims: [own.length / 4, 4], values: integersOf(own) } }),
    bad: [
      {
        rows: { ids: ids.with(6, 6), y: numbers },
        says: /ids, row 1, column 2: expected an integer in 0..5/,
      },
      { rows: { ids: ids.slice(1), y: numbers }, says: /ids: expected rows of 4 ids, received 159 ids/ },
    ],
  }),
);

const texts = Array.from(y, (label, row) => (label === 0 ? `see you at ${row}` : `you win ${row}00 now`));
run(
  estimatorChecks(runtime, {
    name: "transformer of texts",
    estimator: (seed) =>
      transformer({
        input: { text: { length: 6 } },
        width: 8,
        heads: 2,
        depth: 1,
        epochs: 2,
        batch: 16,
        seed,
      }),
    rows: { texts, y, classes },
    given: { texts: ["you win", "", "something else"] },
    alone: { texts: ["you win"] },
    feeds: ({ texts: own }, { tokeniser }) => ({
      x: { dims: [own.length, 6], values: integersOf(tokeniser.encode(own)) },
    }),
    bad: [{ rows: { texts: texts.slice(1), y, classes }, says: /y: expected 39 labels/ }],
  }),
);

const table = {
  columns: {
    country: Array.from(y, (_, row) => ["de", "fr", null, "es"][row % 4]!),
    code: Array.from(y, (_, row) => row % 7),
    age: Float64Array.from(y, (label, row) => (row % 6 === 0 ? NaN : 30 + 10 * label)),
    size: numbersOf(ROWS),
  },
  y,
  classes,
};
const unseen: Table = {
  columns: { country: ["de", "pl", null], code: [3, 99, 0], age: [NaN, 40, 50], size: [1, 2, 3] },
};
const age = table.columns.age.map((value) => (Number.isNaN(value) ? Infinity : value));
run(
  estimatorChecks<TableRows, Table, Awaited<ReturnType<ReturnType<typeof tableEmbedding>["fit"]>>>(runtime, {
    name: "tableEmbedding",
    estimator: (seed) =>
      tableEmbedding({
        categorical: ["country", "code"],
        numeric: ["age", "size"],
        missing: "indicate",
        bins: 4,
        hidden: [6],
        normalise: true,
        epochs: 2,
        batch: 16,
        seed,
      }),
    rows: table,
    given: unseen,
    alone: { columns: { country: ["de"], code: [3], age: [NaN], size: [1] } },
    feeds: ({ columns }, { encoding }) => {
      const count = columns["age"]!.length;
      const inputs = Object.entries(tableEncoder(encoding).inputs({ columns }, 0, count));
      return Object.fromEntries(
        inputs.map(([name, { dims, values }]) => {
          const own = name === "categories" ? integersOf(values as Int32Array) : (values as Float32Array);
          return [name, { dims: [count, ...dims], values: own }];
        }),
      );
    },
    bad: [
      {
        rows: { ...table, columns: { ...table.columns, age } },
        says: /columns.age, row 0: expected a finite/,
      },
      {
        rows: { ...table, columns: { ...table.columns, code: [1] } },
        says: /columns.code: expected 40 values/,
      },
      { rows: { columns: { country: ["de"] }, y, classes }, says: /y|columns/ },
    ],
  }),
);

const interactions: InteractionRows = {
  users: Array.from({ length: 60 }, (_, at) => `u${at % 12}`),
  items: Array.from({ length: 60 }, (_, at) => `i${(at * 7) % 15}`),
  userFeatures: {
    ids: Array.from({ length: 14 }, (_, at) => `u${at}`),
    X: matrix(14, 2, numbersOf(28)),
  },
};
const { userFeatures } = interactions;
run(
  estimatorChecks(runtime, {
    name: "twoTower",
    estimator: (seed) =>
      twoTower({ embedding: 4, size: 4, hidden: [6], dropout: 0.2, epochs: 2, batch: 16, seed }),
    trait: ranks(),
    rows: interactions,
    given: { ids: ["u3", "u13", "u1"], features: userFeatures! } as TowerRows,
    alone: { ids: ["u3"], features: userFeatures! } as TowerRows,
    feeds: ({ ids: own, features }, model) => {
      const known = JSON.parse(model.graph().metadata["users"]!) as string[];
      const rows = own.map((id) => features!.ids.indexOf(id));
      return {
        user: { dims: [own.length], values: integersOf(own.map((id) => known.indexOf(id) + 1)) },
        user_features: {
          dims: [own.length, 2],
          values: Float32Array.from(selectRows(features!.X, rows).values),
        },
      };
    },
    bad: [
      { rows: { ...interactions, items: ["i1"] }, says: /items: expected 60 ids/ },
      { rows: { users: [], items: [] }, says: /at least one interaction/ },
      {
        rows: { ...interactions, userFeatures: { ids: ["u0"], X: matrix(1, 2, new Float32Array(2)) } },
        says: /features of "u1": expected a row, received none/,
      },
    ],
  }),
);

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { onnxruntimeNode as runtime } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { gru } from "./gru.ts";
import { mlp } from "./mlp.ts";
import { tableEmbedding } from "./table-embedding.ts";
import { textcnn } from "./textcnn.ts";
import { transformer } from "./transformer.ts";
import { twoTower } from "./two-tower.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const ROWS = 16;
const classes = ["a", "b"];
const labels = () => Int32Array.from({ length: ROWS }, (_, row) => row % 2);
const numbers = (count: number) => Float64Array.from({ length: count }, (_, at) => Math.sin(at));
const series = (): Matrix => matrix(ROWS, 32, numbers(ROWS * 32));
const names = (kind: string) => Array.from({ length: ROWS }, (_, row) => `${kind}${row % 5}`);
const each = (kind: string) => Array.from({ length: ROWS }, (_, row) => `${kind}${row}`);
const side = (kind: string) => ({ ids: each(kind), X: matrix(ROWS, 2, numbers(ROWS * 2)) });
const texts = () => Array.from({ length: ROWS }, (_, row) => `see you ${row % 2 === 0 ? "now" : "later"}`);
const quick = { epochs: 1, seed: 1 } as const;
const small = { ...quick, width: 4, heads: 1, depth: 1 } as const;

const held: unknown[] = [];
const references: (readonly [path: string, reference: WeakRef<object>])[] = [];

/** Fits rows that are made here, so that nobody else holds them. */
async function fit<Rows extends object>(
  name: string,
  estimator: { fit(rows: Rows, options: { runtime: typeof runtime }): Promise<unknown> },
  made: () => Rows,
): Promise<void> {
  const rows = made();
  held.push(await estimator.fit(rows, { runtime }));
  references.push(...referencesOf(name, rows));
}

/** Weak references to rows and all objects in them but the names of the classes, which a model may keep. */
function referencesOf(path: string, value: object): (readonly [string, WeakRef<object>])[] {
  const own = [path, new WeakRef(value)] as const;
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return [own];
  const inner = Object.entries(value).filter(([name, one]) => name !== "classes" && typeof one === "object");
  return [own, ...inner.flatMap(([name, one]) => referencesOf(`${path}.${name}`, one as object))];
}

const matrices = () => ({ X: series(), y: labels(), classes });
const written = () => ({ texts: texts(), y: labels(), classes });
const table = () => ({ columns: { c: names("c"), n: numbers(ROWS) }, y: labels(), classes });

test("models keep no training rows alive", async () => {
  await fit("mlp", mlp({ ...quick, hidden: [2] }), matrices);
  await fit("mlp, regression", mlp({ ...quick, task: "regression", hidden: [2] }), () => ({
    X: series(),
    y: numbers(ROWS),
  }));
  await fit("conv1d", conv1d({ ...quick, shape: [8, 4], channels: [2] }), matrices);
  await fit("conv2d", conv2d({ ...quick, shape: [4, 4, 2], channels: [2] }), matrices);
  await fit("gru", gru({ ...quick, shape: [8, 4], units: [2], lengths: true }), () => ({
    ...matrices(),
    lengths: new Int32Array(ROWS).fill(5),
  }));
  await fit("transformer, series", transformer({ ...small, input: { series: { shape: [8, 4] } } }), matrices);
  await fit("transformer, ids", transformer({ ...small, input: { ids: { length: 2, entries: 4 } } }), () => ({
    ids: new Int32Array(ROWS * 2).fill(3),
    y: labels(),
    classes,
  }));
  await fit("transformer, texts", transformer({ ...small, input: { text: { length: 4 } } }), written);
  const words = { tokens: { length: 4 }, embedding: 2, sizes: [1], channels: 2 };
  await fit("textcnn", textcnn({ ...quick, ...words }), written);
  const columns = { categorical: ["c"], numeric: ["n"], bins: 2, hidden: [2] };
  await fit("tableEmbedding", tableEmbedding({ ...quick, ...columns, missing: "indicate" }), table);
  await fit("twoTower", twoTower({ ...quick, embedding: 2, size: 2, batch: 8 }), () => ({
    users: names("u"),
    items: names("i"),
    userFeatures: side("u"),
    itemFeatures: side("i"),
    sampleWeight: numbers(ROWS).map(Math.abs),
  }));
  const alive = () => references.filter(([, reference]) => reference.deref() !== undefined);
  for (let turn = 0; turn < 5 && alive().length > 0; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    collect();
  }
  expect(alive().map(([path]) => path)).toEqual([]);
  expect(held).toHaveLength(11);
  expect(references.length).toBeGreaterThan(40);
});

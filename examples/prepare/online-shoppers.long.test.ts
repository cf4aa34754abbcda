import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { collectFrame, columnNamed, columnOfKind, numbersOf, takeRows } from "@tideline/learn/frame";
import { readChain } from "@tideline/learn/transform";
import { csvSource, parquetSource } from "@tideline/pipeline/frame";
import { SOURCE_ROW, type PreparationManifest } from "@tideline/pipeline/prepare";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, expect, test } from "vitest";
import { drawnVisits, shopFile } from "./shop-file.ts";

const root = join(import.meta.dirname, "../..");
const out = mkdtempSync(join(tmpdir(), "tideline-example-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Said {
  readonly path: string;
  readonly unchanged: boolean;
  readonly manifest: PreparationManifest;
  readonly steps: readonly { readonly name: string; readonly hit: boolean }[];
}

function prepared(folder: string, env: Readonly<Record<string, string>> = {}): Said {
  const args = [
    "packages/cli/src/main.ts",
    "prepare",
    "examples/prepare/online-shoppers.ts",
    "--out",
    folder,
    "--json",
  ];
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  expect(run.status, run.stderr).toBe(0);
  return JSON.parse(run.stdout.trim().split("\n").at(-1)!) as Said;
}

test("visits are prepared, the second time from the cache, and the graph says what the files say", async () => {
  const first = prepared(join(out, "visits"));
  const second = prepared(join(out, "visits"));
  expect(second.steps.filter(({ hit }) => !hit)).toEqual([]);
  expect([second.unchanged, second.path]).toEqual([true, first.path]);

  const held = await collectFrame(await parquetSource(join(first.path, "test.parquet")));
  const source = await collectFrame(await csvSource(shopFile()));
  const places = columnOfKind(held, SOURCE_ROW, "integer").values;
  const raw = takeRows(source, Int32Array.from(places as ArrayLike<bigint | number>, Number));
  const session = await InferenceSession.create(readFileSync(join(first.path, "graph.onnx")));
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => {
      const column = columnNamed(raw, name);
      if (column.kind === "string") {
        const texts = Array.from(column.codes, (code) => column.dictionary[code] ?? "");
        return [name, new Tensor("string", texts, [raw.rows, 1])];
      }
      return [name, new Tensor("float32", Float32Array.from(numbersOf(column, "test")), [raw.rows, 1])];
    }),
  );
  const { features } = await session.run(feeds);
  await session.release();
  const { features: names, left } = first.manifest.graph!;
  expect([features!.dims, left]).toEqual([[held.rows, names.length], []]);
  const given = features!.data as Float32Array;
  let worst = 0;
  for (const [at, name] of names.entries()) {
    const wanted = numbersOf(columnNamed(held, name), "test");
    for (let row = 0; row < held.rows; row++)
      worst = Math.max(
        worst,
        Math.abs(given[row * names.length + at]! - wanted[row]!) / Math.max(1, Math.abs(wanted[row]!)),
      );
  }
  expect(worst).toBeLessThan(1e-5);
  // Training rows are out of fold; all others are as the chain says.
  const chain = readChain(readFileSync(join(first.path, "chain.tltf")));
  const again = chain.transform(raw);
  for (const name of names)
    expect(numbersOf(columnNamed(again, name), "test")).toEqual(numbersOf(columnNamed(held, name), "test"));
});

test("where there is no data set, visits drawn at random are prepared", () => {
  expect(drawnVisits(2000)).toBe(drawnVisits(2000));
  const { manifest } = prepared(join(out, "drawn"), { TIDELINE_DATA: join(out, "none", "none") });
  const rows = Object.values(manifest.parts).map((part) => part!.rows);
  expect(rows.reduce((sum, one) => sum + one, 0)).toBe(2000);
});

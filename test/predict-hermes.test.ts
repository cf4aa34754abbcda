import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hermes, lowered, runOnHermes } from "./table/hermes.ts";
import { fromJson, isClose, type TableVector } from "./table/table-vector.ts";

const folder = join(import.meta.dirname, "../vectors/table");
const tablesIn = (path: string): string[] =>
  readdirSync(path).flatMap((file) => (file.endsWith(".tlm") ? [file.slice(0, -4)] : []));
const bytesOf = (path: string): number[] => [...readFileSync(path)];

const vectors = tablesIn(folder).map((name) => ({
  name,
  vector: JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as TableVector,
}));
const refused = tablesIn(join(folder, "refuse"));

test.skipIf(hermes === undefined)(
  "on Hermes 0.12 the reader agrees with every vector and refuses what it must",
  async () => {
    const input = [
      ...vectors.map(({ name, vector }) => ({
        name,
        bytes: bytesOf(join(folder, `${name}.tlm`)),
        rows: vector.rows.map((row) => row.input),
      })),
      ...refused.map((name) => ({
        name: `refuse/${name}`,
        bytes: bytesOf(join(folder, "refuse", `${name}.tlm`)),
      })),
    ];
    const script = await lowered(join(import.meta.dirname, "predict-hermes-entry.ts"), input);
    const results = JSON.parse(runOnHermes(script)) as Record<string, string[][] | string>;
    for (const { name, vector } of vectors)
      for (const [at, row] of vector.rows.entries())
        for (const [index, output] of vector.outputs.entries()) {
          const actual = (results[name] as string[][])[at]![index]!.split(" ").map(Number);
          const wanted = fromJson(row.outputs[output.name]!);
          expect([name, at, output.name, isClose(actual, wanted, vector.tolerance)]).toEqual([
            name,
            at,
            output.name,
            true,
          ]);
        }
    for (const name of refused) expect([name, results[`refuse/${name}`]]).toEqual([name, "MODEL_MALFORMED"]);
    expect(vectors.length).toBeGreaterThan(30);
    expect(refused.length).toBeGreaterThan(60);
  },
);

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine, type Engine } from "./engine.ts";
import { numbers, texts } from "./column-access.ts";

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-stream-"));
  engine = await openEngine({ temporary: folder });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

async function count(sql: string): Promise<number> {
  let rows = 0;
  for await (const piece of engine.stream(sql)) rows += numbers(piece, "n").length;
  return rows;
}

describe("a stream of a query", () => {
  test.each([0, 1, 2047, 2048, 2049, 10_000])("of %i rows has them all", async (rows) => {
    expect(await count(`select i as n from range(${rows}) as t(i)`)).toBe(rows);
  });

  test("keeps its order and every kind of column", async () => {
    const sql = `select i as n, i::varchar as word, [i::float, 1] as list, null::double as gone
      from range(5000) as t(i) order by n desc`;
    const seen: number[] = [];
    for await (const piece of engine.stream(sql)) {
      const own = numbers(piece, "n");
      expect(texts(piece, "word")).toEqual(Array.from(own, String));
      expect(piece["gone"]).toEqual(new Float64Array(own.length).fill(Number.NaN));
      const { offsets, values } = piece["list"] as { offsets: Int32Array; values: Float32Array };
      expect(offsets.length).toBe(own.length + 1);
      expect(values[offsets[own.length - 1]!]).toBe(own.at(-1));
      seen.push(...own);
    }
    expect(seen).toEqual(Array.from({ length: 5000 }, (_, at) => 4999 - at));
  });

  test("that fails after its first rows is an error, never a shorter result", async () => {
    const late = `select (case when i = 900000 then 'x' else '1' end)::integer + i as n from range(1000000) as t(i)`;
    await expect(count(late)).rejects.toThrow(/Could not convert string 'x'/);
  });
});

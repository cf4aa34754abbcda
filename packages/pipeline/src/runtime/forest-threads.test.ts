import { randomForest } from "@tideline/learn/tree";
import { expect, test } from "vitest";
import { nodeForestThreads } from "./forest-threads.ts";

const ROWS = 300;
const speed = Float64Array.from({ length: ROWS }, (_, row) => (row % 7 === 0 ? NaN : Math.sin(row * 12.9)));
const place = Array.from({ length: ROWS }, (_, row) => ["home", "work", "gym"][(row * row) % 3]!);
const y = Int32Array.from(speed, (value, row) => (value > 0 ? 2 : place[row] === "gym" ? 1 : 0));
const rows = { columns: { speed, place }, categorical: ["place"], y, classes: ["a", "b", "c"] };

test("threads change nothing of a forest, and end with the fit", async () => {
  const forest = randomForest({ trees: 9, seed: 2 });
  const seen: number[] = [];
  const [alone, together] = [
    await forest.fit(rows),
    await forest.fit(rows, { threads: nodeForestThreads(2), onTree: ({ tree }) => seen.push(tree) }),
  ];
  expect(together.ensemble).toEqual(alone.ensemble);
  expect(together.outOfBag).toEqual(alone.outOfBag);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);

  const stop = new AbortController();
  const stopped = randomForest({ trees: 100_000 }).fit(rows, {
    threads: nodeForestThreads(2),
    signal: stop.signal,
    onTree: ({ tree }) => tree === 3 && stop.abort(new Error("enough")),
  });
  await expect(stopped).rejects.toThrow("enough");
});

test("a thread that dies ends the fit by an error", async () => {
  const threads = nodeForestThreads(1);
  const crew = await threads.open({} as never);
  await expect(crew.grow(1)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  crew.release();
});

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { randomForest, type ForestJob } from "@tideline/learn/tree";
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
    await forest.fit(rows, { crew: nodeForestThreads(2), onTree: ({ tree }) => void seen.push(tree) }),
  ];
  expect(together.ensemble).toEqual(alone.ensemble);
  expect(together.outOfBag).toEqual(alone.outOfBag);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);

  const stop = new AbortController();
  const stopped = randomForest({ trees: 100_000 }).fit(rows, {
    crew: nodeForestThreads(2),
    signal: stop.signal,
    onTree: ({ tree }) => (tree === 3 ? stop.abort(new Error("enough")) : undefined),
  });
  await expect(stopped).rejects.toThrow("enough");
});

test("a thread that dies fails all calls: those under way, and those after it", async () => {
  const crew = await nodeForestThreads(1).open({} as never, 1);
  const dead = { code: "UNAVAILABLE", message: expect.stringContaining("a living thread") as string };
  await expect(crew.grow(1)).rejects.toMatchObject(dead);
  // Until the thread has gone for good, and nothing more is to be heard of it.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await expect(crew.grow(2)).rejects.toMatchObject(dead);
  crew.release();
  await expect(crew.grow(3)).rejects.toMatchObject(dead);
});

test("threads are counted: no more than trees, and as many as a number says", async () => {
  const port = nodeForestThreads(64);
  const asked: number[] = [];
  const crew = {
    threads: port.threads,
    open: (job: ForestJob, threads: number) => (asked.push(threads), port.open(job, threads)),
  };
  await randomForest({ trees: 2, leaves: 2 }).fit(rows, { crew });
  expect(asked).toEqual([2]);
  for (const threads of [0, -1, 2.5, Infinity, 1e6, NaN, "2" as never])
    expect(() => nodeForestThreads(threads)).toThrow(
      /nodeForestThreads: threads: expected an integer of 1 to/,
    );
});

test("a call that is under way ends with the crew", async () => {
  let job: ForestJob | undefined;
  const spy = {
    threads: 2,
    open: async (given: ForestJob) => ((job = given), Promise.reject(new Error("seen"))),
  };
  await expect(randomForest({ trees: 2 }).fit(rows, { crew: spy })).rejects.toThrow("seen");
  const crew = await nodeForestThreads(1).open(job!, 1);
  const growing = crew.grow(1);
  crew.release();
  await expect(growing).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("threads start without the flags of the process", () => {
  const program = `
    import { randomForest } from "@tideline/learn/tree";
    import { nodeForestThreads } from "./src/runtime/forest-threads.ts";
    const rows = { columns: { x: [1, 2, 3, 4] }, y: [0, 0, 1, 1], classes: ["a", "b"] };
    const model = await randomForest({ trees: 2 }).fit(rows, { crew: nodeForestThreads(2) });
    console.log(model.ensemble.trees.length);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: join(import.meta.dirname, "../.."),
    encoding: "utf8",
  });
  expect({ stdout, stderr }).toEqual({ stdout: "2\n", stderr: "" });
});

import { expect, test } from "vitest";
import { nodeTreeThreads } from "../../../../../pipeline/src/runtime/tree-threads.ts";
import { chooseKernels } from "../../kernel/choose-kernels.ts";
import type { OpenTreeKernels } from "../../kernel/tree-kernels.ts";
import type { TreeThreads } from "../../kernel/tree-threads.ts";
import { openTypescriptKernels } from "../../kernel/typescript-kernels.ts";
import { customObjective } from "../objective/custom-objective.ts";
import { madeClasses, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

const { columns, y } = madeRows(400, 8);
const rows = { columns, y };
const small = { task: "regression", leaves: 6, minChildRows: 5, categorical: ["d"] } as const;

/** Kernels that count how many of them are open. */
function counted(open: OpenTreeKernels) {
  const count = { open: 0, most: 0 };
  const counting: OpenTreeKernels = async (table, options) => {
    const kernels = await open(table, options);
    count.most = Math.max(count.most, ++count.open);
    return {
      ...kernels,
      release() {
        count.open -= 1;
        kernels.release();
      },
    };
  };
  return { count, counting };
}

/** Threads of Node, and how many of them run. */
function countedThreads() {
  const running = { now: 0, most: 0 };
  const own = nodeTreeThreads();
  const threads: TreeThreads = {
    ...own,
    parallelism: 2,
    async start(seat) {
      const thread = await own.start(seat);
      running.most = Math.max(running.most, ++running.now);
      return {
        async end() {
          await thread.end();
          running.now -= 1;
        },
      };
    },
  };
  return { running, threads };
}

const sampleWeight = Float64Array.from(y, (_, row) => 0.1 + (row % 7));
const growth = { leaves: 6, minChildRows: 5, rounds: 5, rowShare: 0.7, categorical: ["d"] } as const;
const named = ["a", "b", "c"];
const EQUAL = {
  "three classes": (fit: object) =>
    boostedTrees(growth).fit({ columns, y: madeClasses(y, 3), classes: named }, fit),
  "two classes with weights": (fit: object) =>
    boostedTrees({ ...growth, goss: true, rowShare: 1, rate: 0.5 }).fit(
      { columns, y: madeClasses(y, 2), classes: named.slice(1), sampleWeight },
      fit,
    ),
  "numbers with weights": (fit: object) =>
    boostedTrees({ ...growth, task: "regression", dart: true }).fit({ ...rows, sampleWeight }, fit),
} satisfies Record<string, (fit: object) => Promise<{ readonly ensemble: unknown }>>;

test.each(Object.entries(EQUAL))(
  "equal models of %s come from any kernels and threads",
  async (_, fitted) => {
    const { running, threads } = countedThreads();
    const expected = await fitted({ kernels: openTypescriptKernels });
    for (const fit of [{}, { kernels: chooseKernels({ threads }).open, threads: 2 }])
      expect((await fitted(fit)).ensemble).toEqual(expected.ensemble);
    expect(running.most).toBeGreaterThan(0);
    await expect.poll(() => running.now).toBe(0);
  },
);

test("a signal ends a fit, and no thread is left", async () => {
  const { running, threads } = countedThreads();
  const { count, counting } = counted(chooseKernels({ threads }).open);
  const stop = new AbortController();
  const fit = boostedTrees({ ...small, rounds: 1_000_000 }).fit(rows, {
    kernels: counting,
    threads: 2,
    signal: stop.signal,
    onRound: ({ round }) => (round === 3 ? stop.abort(new Error("enough")) : undefined),
  });
  await expect(fit).rejects.toThrow("enough");
  expect(count).toEqual({ open: 0, most: 1 });
  await expect.poll(() => running.now).toBe(0);
});

test("a timer is heard while trees grow", async () => {
  const fit = boostedTrees({ ...small, rounds: 1_000_000 }).fit(rows, { signal: AbortSignal.timeout(20) });
  await expect(fit).rejects.toThrow(/timeout/i);
  const before = boostedTrees(small).fit(rows, { signal: AbortSignal.abort(new Error("before")) });
  await expect(before).rejects.toThrow("before");
});

test("what an observer throws ends the fit, and nothing is left open", async () => {
  const { count, counting } = counted(openTypescriptKernels);
  const onRound = () => {
    throw new Error("mine");
  };
  await expect(boostedTrees(small).fit(rows, { kernels: counting, onRound })).rejects.toThrow("mine");
  expect(count).toEqual({ open: 0, most: 1 });
});

test.each([
  ["gradients that are no numbers", NaN, 1, /round 1, row 0.*received NaN and 1/],
  ["infinite ones", Infinity, 1, /received Infinity and 1/],
  ["curvature below 0", 1, -1, /received 1 and -1/],
])("%s of a custom objective end the fit", async (_, g, h, says) => {
  const objective = customObjective({
    name: "broken",
    derivatives({ gradient, hessian }) {
      gradient.fill(g);
      hessian.fill(h);
    },
  });
  const { count, counting } = counted(openTypescriptKernels);
  const fit = boostedTrees({ ...small, objective }).fit(rows, { kernels: counting });
  const diverged = expect.objectContaining({
    code: "TRAINING_DIVERGED",
    message: expect.stringMatching(says),
  });
  await expect(fit).rejects.toThrow(diverged);
  expect(count.open).toBe(0);
});

test("numbers that leave what float32 can hold end the fit", async () => {
  const diverged = expect.objectContaining({ code: "TRAINING_DIVERGED" });
  const wide = boostedTrees(small).fit({ columns, y: y.map((value) => value * 1e300) });
  await expect(wide).rejects.toThrow(diverged);
  await expect(wide).rejects.toThrow(/squaredError, round 1, row/);
  const wild = boostedTrees({ ...small, objective: "poisson", rate: 1e4 });
  await expect(wild.fit({ columns, y: y.map((value) => Math.max(0, Math.round(value))) })).rejects.toThrow(
    diverged,
  );
  const goss = boostedTrees({ ...small, goss: true, rate: 1 });
  await expect(goss.fit({ columns, y: y.map((value) => value * 1e300) })).rejects.toThrow(diverged);
});

test("a result that is no number ends the fit", async () => {
  const metric = { name: "none", better: "lower", of: () => NaN } as const;
  const fit = boostedTrees({ ...small, metric }).fit(rows, { validation: rows });
  await expect(fit).rejects.toThrow(/round 1, metric of the validation rows: expected a number/);
});

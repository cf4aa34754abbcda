import { expect, test } from "vitest";
import type { Column, Frame } from "../../frame/column.ts";
import { equalFrames } from "../../frame/equal-frames.ts";
import { frameOf } from "../../frame/frame-of.ts";
import { seededRandom } from "../../random.ts";
import { oneHotEncoder } from "../category/one-hot-encoder.ts";
import { frequencyEncoder } from "../category/frequency-encoder.ts";
import { ordinalEncoder } from "../category/ordinal-encoder.ts";
import { targetEncoder } from "../category/target-encoder.ts";
import { chain, type ChainStep } from "../chain.ts";
import { simpleImputer } from "../impute/simple-imputer.ts";
import { dropMissing } from "../rule/drop-missing.ts";
import { maxAbsScaler } from "../scale/max-abs-scaler.ts";
import { minMaxScaler } from "../scale/min-max-scaler.ts";
import { robustScaler } from "../scale/robust-scaler.ts";
import { standardScaler } from "../scale/standard-scaler.ts";
import type { ColumnCrew } from "./column-crew.ts";
import { COLUMN_DEFS } from "./column-defs.ts";
import { workColumns, type ColumnJob } from "./column-job.ts";
import { planColumns } from "./plan-columns.ts";

const ROWS = 1_000;
const random = seededRandom(3);
const numbers = (): Float64Array =>
  Float64Array.from({ length: ROWS }, () =>
    random.integer(9) === 0 ? Number.NaN : random.integer(1000) / 7,
  );
const texts = (kinds: number): (string | null)[] =>
  Array.from({ length: ROWS }, () => (random.integer(20) === 0 ? null : `t${random.integer(kinds)}`));

function shared(rows: Frame): Frame {
  const share = <Values extends Float64Array | Int32Array>(values: Values): Values => {
    const out = new (values.constructor as new (room: SharedArrayBuffer) => Values)(
      new SharedArrayBuffer(values.byteLength),
    );
    out.set(values);
    return out;
  };
  const columns = rows.columns.map((column): Column => {
    if (column.kind === "string") return { ...column, codes: share(column.codes) };
    return column.kind === "float" ? { ...column, values: share(column.values as Float64Array) } : column;
  });
  return { ...rows, columns };
}

const given = frameOf({ a: numbers(), c: texts(5), b: numbers(), d: texts(40), e: numbers(), f: numbers() });
const rows = shared(given);

/** A crew that has done the first half of the tasks before this thread begins. */
function crew(jobs: ColumnJob[] = []): ColumnCrew {
  return {
    defs: async () => COLUMN_DEFS,
    least: 2 * ROWS,
    async work(job) {
      jobs.push(job);
      const half = Math.ceil(job.tasks.length / 2);
      Atomics.store(job.next, 0, half);
      try {
        const own = { ...job, tasks: job.tasks.slice(0, half), next: new Int32Array(1) };
        return workColumns(structuredClone(own), COLUMN_DEFS);
      } catch {
        return undefined;
      }
    },
  };
}

async function sameWith(steps: readonly ChainStep[], frames = rows): Promise<number> {
  const alone = chain(steps).fitTransform(given);
  const jobs: ColumnJob[] = [];
  const together = await chain(steps).fitTransformWith(crew(jobs), frames);
  expect(together.chain.store()).toEqual(alone.chain.store());
  expect(together.rows.columns.map(({ name }) => name)).toEqual(alone.rows.columns.map(({ name }) => name));
  expect(equalFrames(together.rows, alone.rows)).toBe(true);
  expect(together.places).toEqual(alone.places);
  expect(together.chain.log).toEqual(alone.chain.log);
  return jobs[0]?.steps.length ?? 0;
}

test("a crew gives what one thread gives: rows, order, states, log", async () => {
  const hot = oneHotEncoder({ columns: ["d", "c"], dtype: "boolean" });
  expect(
    await sameWith([
      simpleImputer({ columns: ["b", "a", "e"] }),
      standardScaler({ columns: ["e", "a"] }),
      hot,
    ]),
  ).toBe(3);
  expect(await sameWith([hot, minMaxScaler({ columns: ["f"] }), robustScaler({ columns: ["a", "b"] })])).toBe(
    3,
  );
  expect(await sameWith([ordinalEncoder(), maxAbsScaler({ columns: ["a"] })])).toBe(2);
  expect(
    await sameWith([
      frequencyEncoder({ columns: ["c"], keep: true }),
      standardScaler({ columns: ["a", "b"] }),
    ]),
  ).toBe(2);
  expect(
    await sameWith([
      simpleImputer({ columns: { kinds: ["float"] } }),
      standardScaler({ columns: { kinds: ["float"] } }),
    ]),
  ).toBe(2);
});

test("what a crew cannot do is done after it, or without it", async () => {
  const scale = standardScaler({ columns: ["a", "b"] });
  expect(await sameWith([scale, dropMissing({ columns: ["e"] }), standardScaler({ columns: ["e"] })])).toBe(
    1,
  );
  // Columns of its own making are selected by kind, by name; all in one vector; memory that is not shared.
  const hot = oneHotEncoder({ columns: ["c", "d"] });
  expect(await sameWith([hot, standardScaler({ columns: { kinds: ["float"] } })])).toBe(1);
  expect(await sameWith([hot, standardScaler({ columns: ["c=t1"] })])).toBe(1);
  expect(await sameWith([oneHotEncoder({ columns: ["c", "d"], output: "vector" }), scale])).toBe(0);
  expect(await sameWith([scale], given)).toBe(0);
  // Fewer numbers than the crew asks for.
  expect(await sameWith([standardScaler({ columns: ["a"] })])).toBe(0);
});

test("rows are told where no column is left", async () => {
  const none = oneHotEncoder({ drop: "first" });
  const one = frameOf({
    a: Array.from({ length: ROWS }, () => "x"),
    b: Array.from({ length: ROWS }, () => "y"),
  });
  const together = await chain([none]).fitTransformWith(crew(), shared(one));
  expect(together.rows).toEqual(chain([none]).fitTransform(one).rows);
  expect(together.rows).toEqual({ rows: ROWS, columns: [] });
});

test("labels go to the steps behind, out of fold", async () => {
  const y = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
  const labels = { kind: "classes", y, classes: ["no", "yes"] } as const;
  const steps = [standardScaler({ columns: ["a", "b"] }), targetEncoder({ columns: ["c"] })];
  const alone = chain(steps).fitTransform(given, labels);
  const together = await chain(steps).fitTransformWith(crew(), rows, labels);
  expect(equalFrames(together.rows, alone.rows)).toBe(true);
  expect(together.chain.store()).toEqual(alone.chain.store());
});

test("a fit that fails says what it says without a crew", async () => {
  const wrong = [standardScaler({ columns: ["a", "b", "none"] })];
  const messageOf = (error: unknown): string => (error as Error).message;
  const fails = async (steps: readonly ChainStep[], of: Frame): Promise<void> => {
    let expected = "";
    try {
      chain(steps).fit(of);
    } catch (error) {
      expected = messageOf(error);
    }
    expect(expected).not.toBe("");
    expect(await chain(steps).fitTransformWith(crew(), of).catch(messageOf)).toBe(expected);
  };
  await fails(wrong, rows);
  const infinite = numbers().fill(Infinity, 50, 51);
  await fails([standardScaler()], shared(frameOf({ a: numbers(), b: infinite, c: infinite, d: numbers() })));
  await fails([standardScaler()], shared(frameOf({ a: infinite, b: numbers(), c: numbers(), d: numbers() })));
});

test("a lost thread is an error", async () => {
  const lost: ColumnCrew = {
    defs: async () => COLUMN_DEFS,
    least: 0,
    work: () => Promise.reject(new Error("gone")),
  };
  await expect(
    chain([standardScaler({ columns: ["a", "b", "e", "f"] })]).fitTransformWith(lost, rows),
  ).rejects.toThrow("gone");
});

test("a definition that threads do not have, and a column of another one's name, end the plan", async () => {
  const steps = [standardScaler({ columns: ["a"] }), minMaxScaler({ columns: ["b"] })];
  const few = new Set([...COLUMN_DEFS].filter(({ kind }) => kind !== "minMaxScaler"));
  expect(planColumns(steps, rows, few).columns).toEqual([{ column: 0, steps: [0] }]);
  const named = {
    ...given,
    columns: given.columns.map((one) => (one.name === "a" ? { ...one, name: "c=t1" } : one)),
  };
  const hot = [oneHotEncoder({ columns: ["c", "d"] }), standardScaler({ columns: ["b"] })];
  const alone = chain(hot).fitTransform(named);
  const together = await chain(hot).fitTransformWith(crew(), shared(named));
  expect(equalFrames(together.rows, alone.rows)).toBe(true);
});

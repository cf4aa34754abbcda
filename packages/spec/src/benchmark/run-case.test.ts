import { loadTable } from "@tideline/predict";
import { describe, expect, test } from "vitest";
import { tablePlan } from "../../../../test/benchmark/table-plan.ts";
import type { CaseRuntime } from "./case-runtime.ts";
import { checkAnswers } from "./check-answer.ts";
import { clockStep, percentile } from "./clock.ts";
import type { BenchmarkPlan } from "./plan.ts";
import { runCase } from "./run-case.ts";
import { runPlan } from "./run-plan.ts";
import { operatorTimes } from "./runtime/ort-profile.ts";
import { feedValues } from "./runtime/feed-values.ts";
import { tableCase } from "./runtime/table.ts";
import { phoneWords, slowdownWords } from "./words.ts";

const { plan, bytes } = tablePlan("activity");
const [artifact] = plan.artifacts as [BenchmarkPlan["artifacts"][number]];
const now = (): number => performance.now();
const runtime = tableCase(loadTable, "1");
const of = (given: BenchmarkPlan, on: CaseRuntime = runtime, ports = { now }) =>
  runCase({ plan: given, artifact: given.artifacts[0]!, bytes, runtime: on, ports, fresh: true });

/** A model that adds 1, each call of which takes what `took` says of the calls before, by a clock of its own. */
function clocked(took: (calls: number, at: number) => number) {
  let [at, calls] = [0, 0];
  const ticking: BenchmarkPlan = {
    ...plan,
    inputs: [{ name: "x", elementType: "float32", dims: [1], open: true }],
    outputs: [{ name: "y", width: 1 }],
    rows: 2,
    vectors: { inputs: { x: [1, 2] }, outputs: { y: [2, 3] } },
  };
  const on: CaseRuntime = {
    name: "clocked",
    formats: ["table"],
    start: async () => ({
      version: "0",
      open: async () => ({
        outputs: ["y"],
        feed: (row) => Number(row["x"]![0]),
        run: (x) => {
          at += took(calls++, at);
          return { y: [(x as number) + 1] };
        },
        close: () => {},
      }),
    }),
  };
  // The clock steps by itself, as one that is looked at does.
  return { plan: ticking, on, ports: { now: () => (at += 1e-4) }, time: () => at };
}

describe("a case", () => {
  test("is timed once every row is answered as the vectors say", async () => {
    const { state, check, times, reason, memory, memoryReason, operatorReason } = await of(plan);
    expect([state, reason]).toEqual(["timed", null]);
    expect(check).toMatchObject({ rows: plan.rows, wrong: 0 });
    expect(check!.most).toBeLessThan(1e-4);
    expect(check!.timed).toBeGreaterThanOrEqual(20);
    const { leastMs, p50Ms, p90Ms, p99Ms, coldMs, startMs, loadMs, runs, sustained } = times!;
    expect([leastMs, p50Ms, p90Ms, p99Ms]).toEqual([leastMs, p50Ms, p90Ms, p99Ms].toSorted((a, b) => a - b));
    expect(coldMs).toBe(startMs + loadMs);
    expect(runs).toBeGreaterThanOrEqual(20);
    expect([sustained, memory]).toEqual([null, null]);
    expect(memoryReason).toContain("nothing here");
    expect(operatorReason).toContain("no clock inside");
  });

  test("a wrong answer has no time: one number of one row is enough", async () => {
    const { probabilities } = plan.vectors.outputs as { probabilities: readonly number[] };
    const outputs = {
      ...plan.vectors.outputs,
      probabilities: probabilities.with(3, probabilities[3]! + 0.01),
    };
    const found = await of({ ...plan, vectors: { ...plan.vectors, outputs } });
    expect([found.state, found.times, found.check!.wrong]).toEqual(["wrong", null, 1]);
    expect(found.reason).toContain("1 of 2 rows");
  });

  test("an answer that changes while it is timed ends the case", async () => {
    const { plan: ticking, on, ports } = clocked(() => 1);
    const drifting: CaseRuntime = {
      ...on,
      async start() {
        const started = await on.start();
        let calls = 0;
        return {
          ...started,
          async open(...given) {
            const open = await started.open(...given);
            return { ...open, run: (x) => ({ y: [(x as number) + (calls++ < 30 ? 1 : 1.01)] }) };
          },
        };
      },
    };
    const found = await of(ticking, drifting, ports);
    expect([found.state, found.times]).toEqual(["failed", null]);
    expect(found.reason).toContain("answered otherwise in a timed call");
  });

  test("refused bytes and missing outputs are said, not thrown", async () => {
    const damaged = await runCase({
      plan,
      artifact,
      bytes: bytes.slice(0, 40),
      runtime,
      ports: { now },
      fresh: true,
    });
    expect([damaged.state, damaged.times]).toEqual(["failed", null]);
    expect(damaged.reason).toContain("malformed table");
    const other = {
      ...plan,
      outputs: [{ name: "other", width: 1 }],
      vectors: { ...plan.vectors, outputs: { other: [1, 2] } },
    };
    expect((await of(other)).state).toBe("wrong");
  });

  test("on a coarse clock calls are timed in groups of twenty steps, and say so", async () => {
    const { plan: ticking, on, ports } = clocked(() => 0.05);
    const coarse = { now: () => Math.floor(ports.now()) };
    const pace = { runs: 1, sustainSeconds: 0 };
    const { clockMs, group, p50Ms } = (await of({ ...ticking, pace }, on, coarse)).times!;
    expect(clockMs).toBe(1);
    // Twenty calls are a step.
    expect(Math.abs(group - 400)).toBeLessThan(20);
    expect(Math.abs(p50Ms - 0.05)).toBeLessThan(0.0025);
  });

  test("times are what the clock saw: known durations come out, percentile by percentile", async () => {
    // Of a hundred calls in turn 89 take 1 ms, ten 5 ms, one 50 ms.
    const {
      plan: ticking,
      on,
      ports,
    } = clocked((calls) => (calls % 100 === 7 ? 50 : calls % 10 === 3 ? 5 : 1));
    const { times } = await of({ ...ticking, pace: { runs: 1000, sustainSeconds: 0 } }, on, ports);
    expect(times!.group).toBe(1);
    expect(times!.p50Ms).toBeCloseTo(1, 2);
    expect(times!.p90Ms).toBeCloseTo(5, 2);
    expect(times!.meanMs).toBeCloseTo((89 + 50 + 50) / 100, 0);
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
    expect(percentile([7], 0.99)).toBe(7);
  });

  test("a device that slows shows in the tenths of the sustained run", async () => {
    let begun = Number.POSITIVE_INFINITY;
    const half = clocked((_, at) => (at - begun > 10_000 ? 2 : 1));
    const steady = clocked(() => 1);
    const pace = { runs: 20, sustainSeconds: 20 };
    // The sustained run follows the warm-up of 200 ms and some 40 calls.
    begun = 250;
    const slowed = (await of({ ...half.plan, pace }, half.on, half.ports)).times!.sustained!;
    expect(slowed.rates).toHaveLength(10);
    expect(slowed.lastOverFirst).toBeCloseTo(0.5, 2);
    expect(slowed.seconds).toBeCloseTo(20, 0);
    expect(slowdownWords(slowed)).toBe(
      "slower by 50 % at the end, as under throttling or with others on the processor; 20 s are too short to heat a device",
    );
    const even = (await of({ ...steady.plan, pace }, steady.on, steady.ports)).times!.sustained!;
    expect(even.lastOverFirst).toBeCloseTo(1, 3);
    expect(slowdownWords({ ...even, seconds: 60 })).toBe("no slowdown to speak of (0 %)");
  });
});

test("a call that is longer than a tenth leaves no tenth without a rate", async () => {
  const slow = clocked(() => 1500);
  const pace = { runs: 20, sustainSeconds: 10 };
  const { rates, lastOverFirst } = (await of({ ...slow.plan, pace }, slow.on, slow.ports)).times!.sustained!;
  expect(rates.map((rate) => rate.toFixed(3))).toEqual(Array.from({ length: 10 }, () => "0.667"));
  expect(lastOverFirst).toBeCloseTo(1, 3);
});

test("a reason of pages is cut to what a report may hold", async () => {
  const start = async () => {
    throw new Error("x".repeat(5000));
  };
  const { state, reason } = await of(plan, { ...runtime, start });
  expect([state, reason!.length, reason!.slice(-2)]).toEqual(["failed", 2000, "x\u2026"]);
});

test("a plan runs all its cases, and only the first is fresh; a file that does not come is a failed case", async () => {
  const told: string[] = [];
  const twice = {
    ...plan,
    artifacts: [artifact, { ...artifact, kind: "again" }, { ...artifact, kind: "gone" }],
  };
  const reports = await runPlan({
    plan: twice,
    runtimes: [runtime],
    fetchArtifact: async ({ kind }) => (kind === "gone" ? Promise.reject(new Error("no network")) : bytes),
    ports: { now },
    tell: (at, all, what) => told.push(`${at} of ${all}: ${what}`),
  });
  expect(reports.map(({ state, fresh, reason }) => [state, fresh, reason])).toEqual([
    ["timed", true, null],
    ["timed", false, null],
    ["failed", false, "no network"],
  ]);
  expect(told).toEqual(["0 of 3: table on predict", "1 of 3: again on predict", "2 of 3: gone on predict"]);
});

test("files of rounded numbers are held by their root mean square; no number is never right", () => {
  const small: BenchmarkPlan = {
    ...plan,
    outputs: [{ name: "y", width: 1 }],
    rows: 4,
    vectors: { inputs: {}, outputs: { y: [0, 1, 0, 1] } },
  };
  const answers = (values: readonly number[]) => values.map((value) => ({ y: [value] }));
  const rms = { bound: { of: "rms", spreads: 0.15 } } as const;
  expect(checkAnswers(small, rms, ["y"], answers([0.05, 1, 0, 0.95])).holds).toBe(true);
  expect(checkAnswers(small, rms, ["y"], answers([0.2, 1, 0, 0.8])).holds).toBe(false);
  expect(checkAnswers(small, rms, ["y"], answers([0, 1, Number.NaN, 1]))).toMatchObject({ holds: false });
  expect(checkAnswers(small, rms, [], answers([0, 1, 0, 1])).holds).toBe(false);
  const own = { ...rms, answers: { y: [1, 0, 1, 0] } };
  expect(checkAnswers(small, own, ["y"], answers([1, 0, 1, 0.05])).holds).toBe(true);
  expect(checkAnswers(small, own, ["y"], answers([0, 1, 0, 1])).holds).toBe(false);
});

test("a model that gives only some outputs of the plan is wrong, right as these are", async () => {
  const [{ name, width }] = plan.outputs as [BenchmarkPlan["outputs"][number]];
  const more: BenchmarkPlan = {
    ...plan,
    outputs: [...plan.outputs, { name: "score", width }],
    vectors: {
      ...plan.vectors,
      outputs: { ...plan.vectors.outputs, score: plan.vectors.outputs[name]! },
    },
  };
  const found = await of(more);
  expect([found.state, found.check!.wrong, found.times]).toEqual(["wrong", plan.rows, null]);
  expect(found.reason).toContain('does not give "score"');
});

test("texts become codes, halves of double precision come beside them, and odd types are refused", () => {
  const dictionaries = { city: ["Bonn", "\u0000", "Ulm"] };
  const input = { name: "city", elementType: "int32" };
  expect(feedValues("t", input, ["Ulm", "", null, "Rom"], { dictionaries })).toEqual(
    Int32Array.of(2, -1, -1, 1),
  );
  expect(feedValues("t", { name: "x", elementType: "float32" }, ["NaN", 1, null])).toEqual(
    Float32Array.of(Number.NaN, 1, Number.NaN),
  );
  const low = feedValues("t", { name: "at_low", elementType: "float32" }, [1.7e12 + 1], {
    lowOf: { at_low: "at" },
  });
  expect(Math.fround(1.7e12 + 1) + (low[0] as number)).toBe(1.7e12 + 1);
  expect(() => feedValues("t", { name: "x", elementType: "bfloat16" }, [1])).toThrow("RUNTIME_UNSUPPORTED");
});

test("a profile's kernels add up by operator, each node by its median", () => {
  const event = (name: string, op: string, dur: number) =>
    JSON.stringify({ cat: "Node", name: `${name}_kernel_time`, dur, args: { op_name: op, provider: "CPU" } });
  const lines = [
    event("a", "Add", 1),
    event("a", "Add", 900),
    event("a", "Add", 3),
    event("b", "Add", 2),
    event("b", "Add", 2),
    event("b", "Add", 2),
    event("c", "Mul", 9),
    event("c", "Mul", 9),
    event("c", "Mul", 9),
  ];
  const expected = [
    { op: "Mul", provider: "CPU", nodes: 1, us: 9 },
    { op: "Add", provider: "CPU", nodes: 2, us: 5 },
  ];
  expect(operatorTimes(`[${lines.join(",")}]`, 3)).toEqual(expected);
  expect(operatorTimes(["[", ...lines.map((line) => `${line},`), "words"].join("\n"), 3)).toEqual(expected);
  expect(() => operatorTimes("[]", 3)).toThrow("DATA_MALFORMED");
});

test("words say plainly whether a phone was there", () => {
  const device = {
    kind: "browser",
    name: "b",
    system: "s",
    processor: null,
    cores: null,
    memoryBytes: null,
  } as const;
  expect(phoneWords([{ device }])).toMatch(/^Not run on a phone/);
  expect(phoneWords([{ device: { ...device, kind: "simulator" } }])).toMatch(/^Not run on a phone/);
  expect(
    phoneWords([{ device }, { device: { ...device, kind: "phone", name: "P 9", system: "X 1" } }]),
  ).toMatch(/^Run on a phone: P 9 \(X 1\)\./);
  expect(clockStep(now)).toBeLessThan(1);
});

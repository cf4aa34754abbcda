import { reasonOf } from "./reason.ts";
import type { CaseAnswers, CaseRow, CaseRuntime, OpenCase } from "./case-runtime.ts";
import { checkAnswers, isSameAnswer, keepAnswers } from "./check-answer.ts";
import { clockStep, percentile } from "./clock.ts";
import { inputWidth, type BenchmarkArtifact, type BenchmarkPlan } from "./plan.ts";
import type { CaseCheck, CaseLoad, CaseReport, CaseTimes, MemoryReading, SustainedRun } from "./report.ts";
import { failedCase } from "./failed-case.ts";

/** What a case needs of where it runs. */
export interface CasePorts {
  /** Milliseconds from any start, the finer the better. */
  readonly now: () => number;
  /** Resident memory of this process now and at its highest, in bytes; or why it is not known. */
  readonly memory?: () => Promise<{ readonly now: number; readonly peak: number } | string>;
  /** Lets others of this thread run, such as a page that shows how far it is. */
  readonly rest?: () => Promise<void>;
}

/** A case. */
export interface CaseOptions {
  readonly plan: BenchmarkPlan;
  readonly artifact: BenchmarkArtifact;
  readonly bytes: Uint8Array;
  readonly runtime: CaseRuntime;
  readonly ports: CasePorts;
  /** Whether nothing else has run in this process. */
  readonly fresh: boolean;
}

/** A group of calls takes at least so many steps of the clock: one step is 5 % of it at most. */
const STEPS = 20;
/** Milliseconds in which calls warm up, and those after which others of the thread have their turn. */
const [WARM_MS, TURN_MS] = [200, 100];
/** Milliseconds of the timed calls at most: a model of a second a call is timed on fewer of them. */
const MOST_MS = 20_000;
/** Calls that are profiled. */
const PROFILED = 50;

/** A figure for a sentence. */
const three = (value: number): number => Number(value.toPrecision(3));

/** Rows of a plan, input by input. */
function rowsOf({ inputs, rows, vectors }: BenchmarkPlan): readonly CaseRow[] {
  return Array.from({ length: rows }, (_, row) => {
    const own: Record<string, CaseRow[string]> = {};
    for (const input of inputs) {
      const width = inputWidth(input);
      own[input.name] = vectors.inputs[input.name]!.slice(row * width, (row + 1) * width);
    }
    return own;
  });
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A call whose answer is another one than when it was checked. */
const changed = (row: number): Error =>
  new Error(`row ${row} was answered otherwise in a timed call than when it was checked`);

/** A model with its rows, called over and over; each call or group of calls is held against what was checked. */
interface Repeated {
  /** Milliseconds of a group, the mean of a call. */
  group(size: number): Promise<number>;
  readonly checked: () => number;
}

function repeated(
  open: OpenCase,
  feeds: readonly unknown[],
  kept: readonly CaseAnswers[],
  now: () => number,
): Repeated {
  let [next, checked] = [0, 0];
  return {
    checked: () => checked,
    async group(size) {
      let answers: CaseAnswers = {};
      let row = 0;
      const started = now();
      for (let at = 0; at < size; at++) {
        row = next;
        next = next + 1 === feeds.length ? 0 : next + 1;
        const given = open.run(feeds[row]);
        answers = given instanceof Promise ? await given : given;
      }
      const took = now() - started;
      if (!isSameAnswer(kept[row]!, answers, open.outputs)) throw changed(row);
      checked++;
      return took / size;
    },
  };
}

/** Calls for some seconds, their rate by tenths. */
async function sustain(
  calls: Repeated,
  { seconds, size, ports }: { readonly seconds: number; readonly size: number; readonly ports: CasePorts },
): Promise<SustainedRun> {
  const { now, rest } = ports;
  const tenths = Array.from({ length: 10 }, () => ({ runs: 0, busy: 0 }));
  const begun = now();
  let rested = begun;
  for (let at = 0; at < 10;) {
    const busy = (await calls.group(size)) * size;
    tenths[at]!.runs += size;
    tenths[at]!.busy += busy;
    if (rest !== undefined && now() - rested > TURN_MS) {
      await rest();
      rested = now();
    }
    at = Math.floor((10 * (now() - begun)) / (1000 * seconds));
  }
  const rates: number[] = [];
  // A tenth in which no call began is one that a long call fills: its rate is that call's.
  for (const { runs, busy } of tenths)
    rates.push(busy > 0 ? (1000 * runs) / busy : (rates[rates.length - 1] ?? 0));
  const seen = rates.filter((rate) => rate > 0);
  return {
    seconds: (now() - begun) / 1000,
    runs: tenths.reduce((sum, { runs }) => sum + runs, 0),
    rates,
    lastOverFirst: seen[seen.length - 1]! / seen[0]!,
  };
}

async function timesOf(
  calls: Repeated,
  { plan: { pace }, ports }: CaseOptions,
  loaded: CaseLoad,
): Promise<CaseTimes> {
  const { now, rest } = ports;
  const clockMs = clockStep(now);
  // Twice as many each time, so that a clock of whole milliseconds sees the last of them.
  let [size, mean] = [1, 0];
  for (const begun = now(); now() - begun < WARM_MS; size *= 2) {
    const before = now();
    mean = await calls.group(size);
    if (now() - before > WARM_MS) break;
  }
  const group = Math.max(1, Math.ceil((STEPS * clockMs) / Math.max(mean, 1e-6)));
  const each: number[] = [];
  const most = Math.max(20, Math.ceil(pace.runs / group));
  let rested = now();
  for (const begun = now(); each.length < most && (now() - begun < MOST_MS || each.length < 5);) {
    each.push(await calls.group(group));
    if (rest !== undefined && now() - rested > TURN_MS) {
      await rest();
      rested = now();
    }
  }
  const sorted = each.slice().sort((left, right) => left - right);
  return {
    coldMs: loaded.startMs + loaded.loadMs,
    ...loaded,
    runs: each.length * group,
    group,
    clockMs,
    p50Ms: percentile(sorted, 0.5),
    p90Ms: percentile(sorted, 0.9),
    p99Ms: percentile(sorted, 0.99),
    leastMs: sorted[0]!,
    meanMs: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
    sustained:
      pace.sustainSeconds > 0
        ? await sustain(calls, { seconds: pace.sustainSeconds, size: group, ports })
        : null,
  };
}

/** What some work gives, and the milliseconds that it takes. */
async function timed<Value>(
  now: () => number,
  work: () => Promise<Value>,
): Promise<readonly [value: Value, ms: number]> {
  const begun = now();
  const value = await work();
  return [value, now() - begun];
}

/**
 * Loads a file on a runtime, asks it for its first answer, and ends: how long that takes where nothing was loaded before.
 *
 * @throws what the runtime throws.
 *
 * @example
 * const { startMs, loadMs } = await loadCase({ plan, artifact, bytes, runtime: tableCase(loadTable, "0.1.0"), ports: { now } });
 */
export async function loadCase(options: Omit<CaseOptions, "fresh">): Promise<CaseLoad> {
  const { plan, artifact, bytes, runtime, ports } = options;
  const { now } = ports;
  const [started, startMs] = await timed(now, () => runtime.start());
  const [open, loadMs] = await timed(now, () => started.open(bytes, artifact, plan));
  try {
    const feed = open.feed(rowsOf(plan)[0]!);
    const [, firstMs] = await timed(now, async () => open.run(feed));
    return { startMs, loadMs, firstMs };
  } finally {
    await open.close();
  }
}

/**
 * Runs a file on a runtime: loads both from nothing, holds the answer to every row against the vectors, and only then times calls one
 * by one and for a while, each still held against the checked answers; at last by operator, where the runtime tells. What goes
 * wrong is said in the report. The one case runner of Node, browsers and phones.
 *
 * @example
 * const report = await runCase({ plan, artifact, bytes, runtime: tableCase(loadTable, "0.1.0"), ports: { now }, fresh: true });
 */
export async function runCase(options: CaseOptions): Promise<CaseReport> {
  const { plan, artifact, bytes, runtime, ports, fresh } = options;
  const { now } = ports;
  const memory = async () => ports.memory?.() ?? "nothing here tells a process's memory";
  const base = { ...failedCase(artifact, runtime.name, "", { fresh }), reason: null };
  let version = "";
  let open: OpenCase | undefined;
  try {
    const before = await memory();
    const [started, startMs] = await timed(now, () => runtime.start());
    ({ version } = started);
    const [model, loadMs] = await timed(now, () => started.open(bytes, artifact, plan));
    open = model;
    const feeds = rowsOf(plan).map((row) => open!.feed(row));
    const kept: CaseAnswers[] = [];
    let firstMs = 0;
    for (const [row, feed] of feeds.entries()) {
      const from = now();
      const answers = await open.run(feed);
      if (row === 0) firstMs = now() - from;
      kept.push(keepAnswers(answers, open.outputs));
    }
    const { holds, missing, ...found } = checkAnswers(plan, artifact, open.outputs, kept);
    const check: CaseCheck = { ...found, most: orNull(found.most), rms: orNull(found.rms), timed: 0 };
    if (!holds)
      return {
        ...base,
        version,
        state: "wrong",
        check,
        reason:
          missing.length > 0
            ? `it does not give ${missing.map((name) => `"${name}"`).join(", ")}, which the vectors answer: a wrong answer has no time`
            : `${check.wrong} of ${check.rows} rows are answered otherwise than by the vectors (${three(found.most)} spreads of the output at most, root mean square ${three(found.rms)}; ${artifact.bound.of} may be ${artifact.bound.spreads}): a wrong answer has no time`,
      };
    const calls = repeated(open, feeds, kept, now);
    const times = await timesOf(calls, options, { startMs, loadMs, firstMs });
    const after = await memory();
    const known: MemoryReading | string =
      typeof before === "string" || typeof after === "string"
        ? String(after)
        : { before: before.now, peak: after.peak };
    const operators = await operatorsOf(open, feeds);
    return {
      ...base,
      version,
      state: "timed",
      times,
      check: { ...check, timed: calls.checked() },
      ...(typeof known === "string" ? { memoryReason: known } : { memory: known }),
      ...(typeof operators === "string" ? { operatorReason: operators } : { operators }),
    };
  } catch (error) {
    return { ...base, version, reason: reasonOf(error) };
  } finally {
    try {
      await open?.close();
    } catch {
      // What was measured stands.
    }
  }
}

async function operatorsOf(open: OpenCase, feeds: readonly unknown[]) {
  if (open.operators === undefined) return "this runtime tells no time by operator";
  try {
    return await open.operators(feeds, PROFILED);
  } catch (error) {
    return reasonOf(error, "not profiled: ");
  }
}

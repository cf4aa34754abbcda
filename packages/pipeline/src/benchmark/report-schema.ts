import {
  REASON_LETTERS,
  type BenchmarkPlan,
  type BenchmarkReport,
  type CaseLoad,
} from "@tideline/spec/benchmark";
import { messageOf, tidelineError } from "@tideline/spec";
import { Type, type TSchema } from "typebox";
import { Value } from "typebox/value";

const closed = { additionalProperties: false } as const;
const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);
/** More than any figure of a device, and so little that sums and ratios of figures stay finite. */
const MOST = 2 ** 53;
const Amount = Type.Number({ minimum: 0, maximum: MOST });
const Count = Type.Integer({ minimum: 0, maximum: MOST });
const Words = Type.String({ maxLength: REASON_LETTERS });
const Name = Type.String({ minLength: 1, maxLength: 200 });
const Digest = Type.String({ pattern: "^[0-9a-f]{64}$" });

const Sustained = Type.Object(
  {
    seconds: Amount,
    runs: Count,
    rates: Type.Array(Amount, { minItems: 10, maxItems: 10 }),
    lastOverFirst: Amount,
  },
  closed,
);

const Times = Type.Object(
  {
    cold: Type.Optional(
      Type.Object(
        { processes: Type.Integer({ minimum: 1, maximum: 1000 }), leastMs: Amount, mostMs: Amount },
        closed,
      ),
    ),
    coldMs: Amount,
    startMs: Amount,
    loadMs: Amount,
    firstMs: Amount,
    runs: Type.Integer({ minimum: 1 }),
    group: Type.Integer({ minimum: 1 }),
    clockMs: Amount,
    p50Ms: Amount,
    p90Ms: Amount,
    p99Ms: Amount,
    leastMs: Amount,
    meanMs: Amount,
    sustained: orNull(Sustained),
  },
  closed,
);

const Case = Type.Object(
  {
    artifact: Name,
    sha256: Digest,
    bytes: Count,
    runtime: Name,
    version: Words,
    state: Type.Union([Type.Literal("timed"), Type.Literal("wrong"), Type.Literal("failed")]),
    reason: orNull(Words),
    times: orNull(Times),
    check: orNull(
      Type.Object(
        {
          rows: Count,
          wrong: Count,
          // Infinite differences are null in JSON.
          most: orNull(Amount),
          rms: orNull(Amount),
          timed: Count,
        },
        closed,
      ),
    ),
    memory: orNull(Type.Object({ before: Count, peak: Count }, closed)),
    memoryReason: orNull(Words),
    operators: orNull(
      Type.Array(
        Type.Object({ op: Words, provider: Words, nodes: Type.Integer({ minimum: 1 }), us: Amount }, closed),
        { maxItems: 1000 },
      ),
    ),
    operatorReason: orNull(Words),
    fresh: Type.Boolean(),
  },
  closed,
);

const Conditions = Type.Object(
  {
    batteryLevel: orNull(Type.Number({ minimum: 0, maximum: 1 })),
    charging: orNull(Type.Boolean()),
    lowPower: orNull(Type.Boolean()),
    thermal: orNull(Name),
  },
  closed,
);

const REPORT = Type.Object(
  {
    format: Type.Literal(1),
    kind: Type.Literal("benchmark-report"),
    id: Type.String({ pattern: "^[A-Za-z0-9-]{8,64}$" }),
    plan: Digest,
    // The last moment that a date can be.
    at: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
    device: Type.Object(
      {
        kind: Type.Union(
          (["machine", "browser", "phone", "simulator", "engine"] as const).map((kind) => Type.Literal(kind)),
        ),
        name: Name,
        system: Name,
        processor: orNull(Name),
        cores: orNull(Count),
        memoryBytes: orNull(Count),
      },
      closed,
    ),
    before: Conditions,
    after: Conditions,
    cases: Type.Array(Case, { minItems: 1, maxItems: 500 }),
  },
  closed,
);

/** What a browser that only loads a case hands in. */
const LOAD = Type.Object({ startMs: Amount, loadMs: Amount, firstMs: Amount }, closed);

const WHO = "benchmark report";

const malformed = (field: string, expected: string, received: string, cause?: unknown) =>
  tidelineError("DATA_MALFORMED", { who: WHO, field, expected, received, cause });

/** What of a case cannot be, though each figure could. */
function checkCase(at: number, one: BenchmarkReport["cases"][number], plan: BenchmarkPlan): void {
  const field = `cases/${at}`;
  const artifact = plan.artifacts.find(({ sha256, kind }) => sha256 === one.sha256 && kind === one.artifact);
  if (artifact === undefined || artifact.bytes !== one.bytes)
    throw malformed(`${field}/sha256`, "a file of the plan", `${one.artifact} ${one.sha256.slice(0, 12)}`);
  const { times, check, state } = one;
  if ((state === "timed") !== (times !== null) || (state !== "timed") !== (one.reason !== null))
    throw malformed(`${field}/state`, "times where it is timed, a reason where it is not", state);
  if (state !== "timed") return;
  if (check === null || check.rows !== plan.rows || check.wrong !== 0 || check.timed < 1)
    throw malformed(
      `${field}/check`,
      `${plan.rows} rows held against the vectors, none wrong`,
      JSON.stringify(check),
    );
  const { leastMs, p50Ms, p90Ms, p99Ms, coldMs, startMs, loadMs, cold } = times!;
  if (!(leastMs <= p50Ms && p50Ms <= p90Ms && p90Ms <= p99Ms))
    throw malformed(`${field}/times`, "percentiles in order", [leastMs, p50Ms, p90Ms, p99Ms].join(", "));
  if (Math.abs(coldMs - startMs - loadMs) > 1e-6 * Math.max(1, coldMs))
    throw malformed(`${field}/times/coldMs`, `${startMs} + ${loadMs}`, String(coldMs));
  if (cold !== undefined && !(cold.leastMs <= coldMs && coldMs <= cold.mostMs))
    throw malformed(`${field}/times/cold`, `${coldMs} between them`, `${cold.leastMs}, ${cold.mostMs}`);
}

/** Reads JSON of a form. */
function formed(text: string, schema: TSchema, expected: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed("", "JSON", messageOf(cause), cause);
  }
  if (Value.Check(schema, value)) return value;
  const [first] = Value.Errors(schema, value);
  throw malformed(first?.instancePath ?? "", expected, first?.message ?? "something else");
}

/**
 * Reads what a browser hands in that was started to load a case once.
 *
 * @throws DATA_MALFORMED, saying which field.
 */
export function readLoad(text: string): CaseLoad {
  return Object.freeze(formed(text, LOAD, "times of a load") as CaseLoad);
}

/**
 * Reads a report that a device hands in: its form, that it is one of this plan, and that its figures can be true together.
 *
 * @param planDigest SHA-256 of the plan as it was served
 * @throws DATA_MALFORMED, saying which field.
 */
export function readReport(text: string, plan: BenchmarkPlan, planDigest: string): BenchmarkReport {
  const report = formed(text, REPORT, "a benchmark report of format 1") as BenchmarkReport;
  if (report.plan !== planDigest)
    throw malformed(
      "plan",
      `the plan ${planDigest.slice(0, 12)} that is served now`,
      report.plan.slice(0, 12),
    );
  for (const [at, one] of report.cases.entries()) checkCase(at, one, plan);
  return Object.freeze(report);
}

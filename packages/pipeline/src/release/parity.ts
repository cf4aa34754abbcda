import { float32Values, type GraphRuntime, type LoadedGraph } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { adversarialWindows } from "./adversarial.ts";
import { columnScale, compareOutputs, type Difference, type GraphOutputs } from "./parity-difference.ts";
import { PARITY_TOLERANCE } from "./parity-tolerance.ts";
import { sha256Hex } from "./release-port.ts";

export { PARITY_TOLERANCE };

/** What a runtime ran, how far it was from the reference, and how fast, in milliseconds of this machine. */
export interface RuntimeParity {
  /** Hexadecimal SHA-256 of what ran: the graph, or what the runtime translated it to. */
  readonly artifact: string;
  /** Over the held-out rows. */
  readonly maxProbabilityDifference: number;
  /** Over the held-out rows, relative to each feature's scale. */
  readonly maxFeatureDifference: number;
  /** Percentiles are of one window at a time. */
  readonly loadMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What a comparison of runtimes found. Plain data: it is kept with the run. */
export interface ParityReport {
  /** Hexadecimal SHA-256 of the graph that was compared. */
  readonly graph: string;
  /** Runtimes, the reference first. */
  readonly runtimes: readonly string[];
  /** Held-out and adversarial rows. */
  readonly rows: number;
  /** Over the held-out rows. */
  readonly maxProbabilityDifference: number;
  /** Over the adversarial rows. */
  readonly adversarialProbabilityDifference: number;
  /** Over the held-out rows, relative to each feature's scale. */
  readonly maxFeatureDifference: number;
  /** The same over the adversarial rows. */
  readonly adversarialFeatureDifference: number;
  /** Share of rows on which a runtime gives the reference's label: the least of the runtimes. */
  readonly decisionAgreement: number;
  readonly byRuntime: Readonly<Record<string, RuntimeParity>>;
}

/** What is compared, and on what. */
export interface ParityOptions {
  readonly bytes: Uint8Array;
  /** Held-out windows `[rows, size, channels]`, row-major. */
  readonly heldOut: Float32Array;
  readonly size: number;
  readonly channels: number;
  /** Names of the graph's input and outputs. */
  readonly input: string;
  readonly probabilities: string;
  readonly features: string;
  /** At least two, the reference first. */
  readonly runtimes: readonly GraphRuntime[];
  /** Windows that are timed one at a time: 100 by default. */
  readonly timedRows?: number;
  /** Milliseconds from any start; `performance.now` by default. */
  readonly clock?: () => number;
}

/** Rows that go through a graph at once: about 1 MB of samples. */
const BATCH = 256;

async function outputsOf(
  graph: LoadedGraph,
  options: ParityOptions,
  values: Float32Array,
): Promise<GraphOutputs> {
  const { size, channels, input, probabilities, features } = options;
  const row = size * channels;
  const parts: GraphOutputs[] = [];
  for (let from = 0; from < values.length; from += BATCH * row) {
    const batch = values.slice(from, from + BATCH * row);
    const given = { [input]: { dims: [batch.length / row, size, channels], values: batch } };
    const results = await graph.run(given, [probabilities, features]);
    parts.push({
      probabilities: float32Values(results, probabilities),
      features: float32Values(results, features),
    });
  }
  const join = (name: keyof GraphOutputs): Float32Array => {
    const joined = new Float32Array(parts.reduce((length, part) => length + part[name].length, 0));
    parts.reduce((offset, part) => {
      joined.set(part[name], offset);
      return offset + part[name].length;
    }, 0);
    return joined;
  };
  return { probabilities: join("probabilities"), features: join("features") };
}

/** Milliseconds of `count` runs of one window each, sorted, after one run that is not counted. */
async function timeRows(graph: LoadedGraph, options: ParityOptions, count: number): Promise<number[]> {
  const { size, channels, input, probabilities, heldOut, clock = () => performance.now() } = options;
  const row = size * channels;
  const times: number[] = [];
  for (let index = -1; index < count; index += 1) {
    const from = (Math.max(0, index) % (heldOut.length / row)) * row;
    const given = { [input]: { dims: [1, size, channels], values: heldOut.slice(from, from + row) } };
    const started = clock();
    await graph.run(given, [probabilities]);
    if (index >= 0) times.push(clock() - started);
  }
  return times.sort((left, right) => left - right);
}

function checkOptions({ heldOut, size, channels, runtimes }: ParityOptions): void {
  const row = size * channels;
  const refuse = (field: string, expected: string, received: string): never => {
    throw tidelineError("ARGUMENT_INVALID", { who: "parity", field, expected, received });
  };
  if (heldOut.length === 0 || heldOut.length % row !== 0) {
    refuse("heldOut", `a positive multiple of ${row} values`, String(heldOut.length));
  }
  if (runtimes.length < 2) refuse("runtimes", "at least 2", String(runtimes.length));
  if (new Set(runtimes.map(({ name }) => name)).size < runtimes.length) {
    refuse("runtimes", "distinct names", runtimes.map(({ name }) => name).join(", "));
  }
}

/** Holds a report against the tolerances; throws PARITY_FAILED. A number that is not finite fails. */
export function requireParity(report: ParityReport): void {
  const found = {
    probability: Math.max(report.maxProbabilityDifference, report.adversarialProbabilityDifference),
    feature: report.maxFeatureDifference,
    adversarialFeature: report.adversarialFeatureDifference,
  };
  const bounds = Object.entries(PARITY_TOLERANCE) as [keyof typeof found, number][];
  if (bounds.every(([name, bound]) => found[name] <= bound)) return;
  throw tidelineError("PARITY_FAILED", {
    who: `graph ${report.graph.slice(0, 12)} on ${report.runtimes.join(", ")}`,
    expected: `differences of at most ${bounds.map(([name, bound]) => `${bound} (${name})`).join(", ")}`,
    received: `${bounds.map(([name]) => String(found[name])).join(", ")} over ${report.rows} rows`,
    remedy: "Find the first operator on which the runtimes differ; a graph that differs is not released.",
  });
}

/**
 * Runs one graph in several runtimes over held-out windows and over windows that no person makes (zeros, constant,
 * huge, tiny), and compares probabilities and features with those of the first runtime. The scale of a feature is
 * its standard deviation over the held-out windows, or the value's own size where that is larger.
 *
 * @throws PARITY_FAILED beyond {@link PARITY_TOLERANCE}, or where an output is not finite.
 *
 * @example
 * const parity = await checkParity({ bytes, heldOut, size: 128, channels: 9, input: "window",
 *   probabilities: "probabilities", features: "features", runtimes: [onnxruntimeNode, onnxruntimeWeb] });
 */
export async function checkParity(options: ParityOptions): Promise<ParityReport> {
  checkOptions(options);
  const {
    bytes,
    heldOut,
    size,
    channels,
    runtimes,
    timedRows = 100,
    clock = () => performance.now(),
  } = options;
  const strange = adversarialWindows(size, channels);
  const [known, odd] = [heldOut, strange].map((values) => values.length / (size * channels)) as [
    number,
    number,
  ];
  const byRuntime: Record<string, RuntimeParity> = {};
  const differences: (Difference & { readonly rows: number })[] = [];
  let reference: { readonly known: GraphOutputs; readonly odd: GraphOutputs } | undefined;

  for (const runtime of runtimes) {
    const started = clock();
    const graph = await runtime.load(bytes);
    const loadMs = clock() - started;
    try {
      const found = {
        known: await outputsOf(graph, options, heldOut),
        odd: await outputsOf(graph, options, strange),
      };
      reference ??= found;
      const scale = columnScale(reference.known.features, known);
      const held = compareOutputs(reference.known, found.known, known, scale);
      differences.push(
        { ...held, rows: known },
        { ...compareOutputs(reference.odd, found.odd, odd, scale), rows: odd },
      );
      const times = await timeRows(graph, options, timedRows);
      const at = (share: number): number => times[Math.ceil(share * times.length) - 1] ?? 0;
      byRuntime[runtime.name] = Object.freeze({
        artifact: sha256Hex(graph.translated ?? bytes),
        maxProbabilityDifference: held.probability,
        maxFeatureDifference: held.feature,
        loadMs,
        p50Ms: at(0.5),
        p95Ms: at(0.95),
      });
    } finally {
      await graph.release();
    }
  }

  const pairs = runtimes.map((_, index) => differences.slice(2 * index, 2 * index + 2));
  const agreement = pairs.map(
    (parts) => parts.reduce((sum, part) => sum + part.agreement * part.rows, 0) / (known + odd),
  );
  const report: ParityReport = Object.freeze({
    graph: sha256Hex(bytes),
    runtimes: Object.freeze(runtimes.map(({ name }) => name)),
    rows: known + odd,
    maxProbabilityDifference: Math.max(...pairs.map(([held]) => held!.probability)),
    adversarialProbabilityDifference: Math.max(...pairs.map(([, odd]) => odd!.probability)),
    maxFeatureDifference: Math.max(...pairs.map(([held]) => held!.feature)),
    adversarialFeatureDifference: Math.max(...pairs.map(([, odd]) => odd!.feature)),
    decisionAgreement: Math.min(...agreement),
    byRuntime: Object.freeze(byRuntime),
  });
  requireParity(report);
  return report;
}

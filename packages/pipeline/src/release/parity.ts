import { readOnnx, type GraphRuntime } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { ARTIFACT_RUNTIMES, graphArtifactRuntime, type ArtifactRuntime } from "./matrix/artifact-runtime.ts";
import { requireMatrix } from "./matrix/matrix-gate.ts";
import type { ParityCell, ParityMatrix } from "./matrix/matrix-report.ts";
import { digestOf, type ArtifactFormat, type ModelArtifact } from "./matrix/model-artifact.ts";
import { parityMatrix } from "./matrix/parity-matrix.ts";
import { PARITY_TOLERANCE } from "./parity-tolerance.ts";

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
  /** Every artifact on every runtime, row by kind of row: what the figures above are taken from. */
  readonly matrix: ParityMatrix;
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
  /** What is compared beside the graph, each on every runtime here that runs its format. */
  readonly artifacts?: readonly ModelArtifact[];
  /** Windows that are timed one at a time: 100 by default. */
  readonly timedRows?: number;
  /** Milliseconds from any start; `performance.now` by default. */
  readonly clock?: () => number;
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
  requireMatrix(report.matrix);
  // Larger differences of trees are traced to a threshold, or the matrix has a fault.
  if (report.matrix.trees) return;
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

/** A runtime of graphs, and what it runs: the graph, or what it translates the graph to. */
async function sideOf(
  runtime: GraphRuntime,
  bytes: Uint8Array,
): Promise<{ readonly artifact: ModelArtifact; readonly row: ArtifactRuntime }> {
  const graph = await runtime.load(bytes);
  const { translated } = graph;
  await graph.release();
  const isTable = translated !== undefined;
  const files = [{ path: isTable ? "model.tlm" : "model.onnx", bytes: translated ?? bytes }];
  const format = isTable ? "table" : "onnx";
  const artifact: ModelArtifact = {
    kind: format,
    format,
    numbers: "exact",
    files,
    size: files[0]!.bytes.length,
    sha256: digestOf(files),
    oldest: "",
  };
  // ONNX Runtime takes files of its own format as they are, beside the graph.
  const known = ARTIFACT_RUNTIMES.find(({ name }) => name === runtime.name);
  const formats: readonly ArtifactFormat[] = isTable
    ? [format]
    : [...new Set<ArtifactFormat>([format, ...(known?.formats ?? [])])];
  const row = graphArtifactRuntime(
    () => runtime,
    { name: runtime.name, formats },
    (own) => (own.format === format ? bytes : own.files[0]!.bytes),
  );
  return { artifact, row };
}

/**
 * Runs one graph in several runtimes over held-out windows and over windows that no person makes (zeros, constant,
 * huge, tiny, missing, infinite), and compares probabilities and features with those of the first runtime and of the
 * interpreter: {@link parityMatrix} of windows. The scale of a feature is its standard deviation over the held-out windows, or
 * the value's own size where that is larger.
 *
 * @throws PARITY_FAILED beyond {@link PARITY_TOLERANCE}, or where an output is not finite.
 *
 * @example
 * const parity = await checkParity({ bytes, heldOut, size: 128, channels: 9, input: "window",
 *   probabilities: "probabilities", features: "features", runtimes: [onnxruntimeNode, onnxruntimeWeb] });
 */
export async function checkParity(options: ParityOptions): Promise<ParityReport> {
  checkOptions(options);
  const { bytes, heldOut, size, channels, input, probabilities, runtimes, timedRows = 100, clock } = options;
  const { artifacts = [] } = options;
  const sides: { readonly artifact: ModelArtifact; readonly row: ArtifactRuntime }[] = [];
  for (const runtime of runtimes) sides.push(await sideOf(runtime, bytes));
  const all = [...sides.map(({ artifact }) => artifact), ...artifacts];
  const made = [...new Map(all.map((artifact) => [artifact.sha256, artifact])).values()];
  const others = ARTIFACT_RUNTIMES.filter(
    ({ formats }) =>
      artifacts.some(({ format }) => formats.includes(format)) &&
      !sides.some(({ row }) => row.formats.some((format) => formats.includes(format))),
  );
  const matrix = await parityMatrix({
    model: readOnnx(bytes),
    artifacts: { made, missing: [] },
    runtimes: [...sides.map(({ row }) => row), ...others],
    heldOut: { count: heldOut.length / (size * channels), inputs: { [input]: heldOut } },
    answer: probabilities,
    timedRows,
    ...(clock && { clock }),
  });
  const report = reportOf(
    matrix,
    runtimes.map(({ name }) => name),
    sides.map(({ artifact }) => artifact.sha256),
  );
  requireParity(report);
  return report;
}

/** The figures of a matrix that a release tells: of the graph and what runtimes translate it to. */
function reportOf(matrix: ParityMatrix, runtimes: readonly string[], files: readonly string[]): ParityReport {
  const cells = matrix.cells.filter(
    ({ runtime, sha256 }) => runtimes.includes(runtime) && files.includes(sha256),
  );
  const most = (of: (cell: ParityCell) => number): number => Math.max(...cells.map(of));
  const agreement = ({ heldOut, adversarial }: ParityCell): number =>
    (heldOut.agreement * heldOut.rows + adversarial.agreement * adversarial.rows) /
    (heldOut.rows + adversarial.rows);
  return Object.freeze({
    graph: matrix.graph,
    runtimes: Object.freeze([...runtimes]),
    rows: matrix.rows.heldOut + matrix.rows.adversarial,
    maxProbabilityDifference: most(({ heldOut }) => heldOut.difference),
    adversarialProbabilityDifference: most(({ adversarial }) => adversarial.difference),
    maxFeatureDifference: most(({ heldOut }) => heldOut.feature),
    adversarialFeatureDifference: most(({ adversarial }) => adversarial.feature),
    decisionAgreement: Math.min(...cells.map(agreement)),
    byRuntime: Object.freeze(
      Object.fromEntries(
        cells.map(({ runtime, sha256, heldOut, loadMs, p50Ms, p95Ms }) => [
          runtime,
          Object.freeze({
            artifact: sha256,
            maxProbabilityDifference: heldOut.difference,
            maxFeatureDifference: heldOut.feature,
            loadMs,
            p50Ms,
            p95Ms,
          }),
        ]),
      ),
    ),
    matrix,
  });
}

export { PARITY_TOLERANCE };

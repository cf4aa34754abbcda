import type { OnnxModel } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { sha256Hex } from "../release-port.ts";
import { adversarialRows, type AdversarialRows } from "./adversarial-row.ts";
import type { ModelArtifacts } from "./artifact-kind.ts";
import {
  answersTo,
  ARTIFACT_RUNTIMES,
  type ArtifactRuntime,
  type OpenArtifact,
  type OpenContext,
} from "./artifact-runtime.ts";
import { codedGraph, type CodedGraph } from "./coded-graph.ts";
import { answerOf, columnScales, metricOf } from "./compare-answer.ts";
import { openInterpreter } from "./interpreter.ts";
import { roundingOf, spreadOf } from "./last-bit.ts";
import { cellOf, failedCell, type CellGround, type GroundFeatures } from "./matrix-cell.ts";
import type { ParityCell, ParityMatrix } from "./matrix-report.ts";
import type { ModelArtifact } from "./model-artifact.ts";
import { checkRows, isRowAlone, rowInputs, sliceRows, type ModelRows } from "./model-row.ts";
import { featureGraph, featuresFor, featureScales, isShared, openFeatures } from "./moved-feature.ts";
import { isAnswered, strangeAnswers } from "./strange-answer.ts";
import { rowTracer } from "./trace-row.ts";
import { featuresOf, treesOf } from "./tree-bound.ts";

/** What is compared, on what. */
export interface MatrixOptions {
  readonly model: OnnxModel;
  readonly artifacts: ModelArtifacts;
  /** All of {@link ARTIFACT_RUNTIMES} by default; the first that runs the artifact `onnx` answers for the graph. */
  readonly runtimes?: readonly ArtifactRuntime[];
  /** Rows that no training saw. They go nowhere. */
  readonly heldOut: ModelRows;
  /** Their classes by number, or their numbers. */
  readonly labels?: ArrayLike<number>;
  /** {@link adversarialRows} by default. */
  readonly adversarial?: AdversarialRows;
  /** Name of the answer among the outputs: the first of numbers by default. */
  readonly answer?: string;
  /** Rows that are timed one at a time: 20 by default. */
  readonly timedRows?: number;
  /** Milliseconds from any start. */
  readonly clock?: () => number;
}

const invalid = (field: string, expected: string, received: string) =>
  tidelineError("ARGUMENT_INVALID", { who: "parity matrix", field, expected, received });

/** Held-out rows that the interpreter runs at most. */
const JUDGED_ROWS = 16;

/** The cell of the graph itself on the interpreter: whether the reference, written and read again, says what the graph says. */
async function judgeCell(
  ground: CellGround,
  { sha256 }: ModelArtifact,
  open: OpenArtifact,
): Promise<ParityCell> {
  const { context, heldOut, known, widths } = ground;
  const count = Math.min(JUDGED_ROWS, heldOut.count);
  const some: CellGround = {
    ...ground,
    heldOut: sliceRows(context.inputs, heldOut, 0, count),
    known: Object.fromEntries(
      Object.entries(known).map(([name, values]) => [name, values.subarray(0, count * widths[name]!)]),
    ),
    labels: undefined,
    timedRows: 1,
  };
  const runtime: ArtifactRuntime = { name: "interpreter", formats: ["onnx"], open: async () => open };
  const graph: ModelArtifact = {
    kind: "graph",
    format: "onnx",
    numbers: "exact",
    files: [],
    size: 0,
    sha256,
    oldest: "",
  };
  return cellOf(some, graph, runtime).catch((error: unknown) => failedCell(graph, runtime, error));
}

/** The features before the trees of a graph, on the runtime that answers for it; undefined where it computes none. */
async function groundFeatures(
  coded: CodedGraph,
  first: ArtifactRuntime,
  heldOut: ModelRows,
): Promise<GroundFeatures | undefined> {
  const rows = coded.rowsOf(heldOut);
  const graph = featureGraph(coded, rows);
  const reference = graph && (await openFeatures(graph, "onnx", first));
  if (reference === undefined) return undefined;
  const scales = featureScales(await featuresFor(reference, graph!, rows), heldOut.count);
  return { coded, graph: graph!, reference, scales };
}

/** Whether the features of strange rows are numbers in the same places on the reference and in the graph itself. */
async function sharedRows(
  { coded, graph, reference }: GroundFeatures,
  strange: AdversarialRows,
): Promise<readonly boolean[]> {
  const rows = coded.rowsOf(strange);
  const widths = Object.fromEntries(
    graph.model.graph.outputs.map(({ name, dims }) => [name, dims[1] as number]),
  );
  const found = await strangeAnswers(reference.open, reference.context, rows, widths);
  const own = Object.fromEntries(
    graph.names.map((name) => [name, Float64Array.from(featuresOf(coded.model, name, rows).values)]),
  );
  return isShared(own, found, strange.count);
}

/**
 * Runs every artifact on every runtime that takes its format, over held-out and adversarial rows, and holds the answers against
 * those of the graph on the first runtime. The report has figures only. What does not pass says so in its cell's `faults`;
 * {@link requireMatrix} throws for them.
 *
 * @throws `ARGUMENT_INVALID` for rows that do not fill the inputs, or where no runtime answers for the graph.
 *
 * @example
 * const artifacts = await makeArtifacts({ model, name: "gym" });
 * const matrix = requireMatrix(await parityMatrix({ model, artifacts, heldOut: { count, inputs: { x } }, labels }));
 */
export async function parityMatrix(options: MatrixOptions): Promise<ParityMatrix> {
  const { model, artifacts, runtimes = ARTIFACT_RUNTIMES, heldOut, labels, timedRows = 20 } = options;
  const clock = options.clock ?? (() => performance.now());
  const inputs = rowInputs(model);
  checkRows("parity matrix, held-out rows", inputs, heldOut);
  if (labels !== undefined && labels.length !== heldOut.count)
    throw invalid("labels", `${heldOut.count}`, String(labels.length));
  const strange = options.adversarial ?? adversarialRows(model, heldOut);
  checkRows("parity matrix, adversarial rows", inputs, strange);
  const named = new Set(runtimes.map(({ name }) => name));
  if (named.size < runtimes.length) throw invalid("runtimes", "distinct names", [...named].join(", "));
  const first = runtimes.find(({ formats }) => formats.includes("onnx"));
  const graph = artifacts.made.find(({ kind }) => kind === "onnx");
  if (first === undefined || graph === undefined)
    throw invalid("artifacts", "the kind onnx, and a runtime that runs it", "none");
  const context: OpenContext = { inputs, graph: graph.files[0]!.bytes, alone: isRowAlone(model) };
  // Texts are what numbers beside them say in words.
  const numeric = model.graph.outputs.filter(({ elementType }) => elementType !== "string");
  const output = options.answer ?? numeric[0]?.name ?? "";
  const declared = numeric.find(({ name }) => name === output);
  if (declared === undefined)
    throw invalid("answer", numeric.map(({ name }) => name).join(", ") || "an output of numbers", output);

  const reference = await first.open(graph, context);
  let features: GroundFeatures | undefined;
  try {
    const outputs = reference.outputs;
    const known = await answersTo(reference, context, heldOut, outputs);
    const widths = Object.fromEntries(outputs.map((name) => [name, known[name]!.length / heldOut.count]));
    const odd = await strangeAnswers(reference, context, strange, widths);
    const answer = answerOf(output, declared.elementType, known[output]!, heldOut.count);
    const scales = Object.fromEntries(
      outputs.map((name) => [name, columnScales(known[name]!, widths[name]!)]),
    );
    const judge = openInterpreter(model);
    const judged = judge === undefined ? odd : await strangeAnswers(judge, context, strange, widths);
    const coded = codedGraph(model);
    features = coded && (await groundFeatures(coded, first, heldOut));
    const shared = features && (await sharedRows(features, strange));
    const has = Array.from(
      { length: strange.count },
      (_, row) =>
        isAnswered(odd, row, strange.count) &&
        isAnswered(judged, row, strange.count) &&
        shared?.[row] !== false,
    );
    const metric = labels === undefined ? null : metricOf(answer, known[output]!, labels);
    const trees = treesOf(model).length > 0;

    const ground: CellGround = {
      context,
      reference,
      heldOut,
      labels,
      strange,
      known,
      odd,
      has,
      widths,
      answer,
      scales,
      metric,
      trees,
      tracer: coded && rowTracer(coded, outputs),
      rounding: roundingOf(model, context, strange, { answer, scales, outputs }),
      spread: spreadOf(model, context, heldOut, { answer, scales, outputs }),
      features,
      timedRows,
      clock,
    };
    const cells: ParityCell[] = [];
    if (judge !== undefined) cells.push(await judgeCell(ground, graph, judge));
    for (const artifact of artifacts.made)
      for (const runtime of runtimes.filter(({ formats }) => formats.includes(artifact.format)))
        cells.push(
          await cellOf(ground, artifact, runtime).catch((error: unknown) =>
            failedCell(artifact, runtime, error),
          ),
        );
    return Object.freeze({
      format: 1 as const,
      graph: sha256Hex(graph.files[0]!.bytes),
      reference: Object.freeze({ artifact: graph.kind, runtime: first.name }),
      answer: Object.freeze({ output, kind: answer.kind }),
      metric: labels === undefined ? null : answer.kind === "numbers" ? "rmse" : "accuracy",
      rows: Object.freeze({ heldOut: heldOut.count, adversarial: strange.count }),
      trees,
      artifacts: artifacts.made.map(({ kind, format, numbers, sha256, size, oldest }) => ({
        kind,
        format,
        numbers,
        sha256,
        bytes: size,
        oldest,
        runtimes: cells.filter(({ artifact }) => artifact === kind).map(({ runtime }) => runtime),
      })),
      missing: artifacts.missing,
      cells: Object.freeze(cells),
    });
  } finally {
    await features?.reference.open.close();
    await reference.close();
  }
}

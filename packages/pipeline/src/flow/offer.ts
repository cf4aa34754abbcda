import { join } from "node:path";
import { driftReference, selectRows, type DriftReference } from "@tideline/learn";
import { OPSET } from "@tideline/graph";
import {
  DEFAULT_FORMATS,
  DEFAULT_ROLLOUT,
  isTidelineError,
  messageOf,
  tidelineError,
  type ModelDefinition,
} from "@tideline/spec";
import {
  commit,
  listReleases,
  makeFolder,
  recordRelease,
  writeDurably,
  type ReleaseRow,
} from "../catalog/index.ts";
import { readWindows } from "../feature/index.ts";
import type { Snapshot } from "../lake/index.ts";
import { checkParity, makeRelease, makeVectors, answerVariants } from "../release/index.ts";
import { modelTable, onnxruntimeNode, onnxruntimeWeb, tableRuntime } from "../runtime/index.ts";
import { GRAPH_FEATURES, GRAPH_INPUT, GRAPH_OUTPUT } from "../train/index.ts";
import { asBytes } from "./artifact-text.ts";
import { comparedVariants } from "./compared-variants.ts";
import { formatOf, formatVariants } from "./format-variant.ts";
import type { LoopContext } from "./loop-context.ts";
import { formerManifest } from "./rollout-history.ts";
import type { TrainedRun } from "./train-run.ts";

/** What a release keeps beside its envelope. */
export interface ReleaseMetrics {
  readonly bytes: number;
  /** Largest difference of a probability between ONNX Runtime's builds. */
  readonly parity: number;
  /** The same of the model table from ONNX Runtime; absent where phones are offered none. */
  readonly tableParity?: number;
  /** Largest difference of a feature between runtimes, of its scale. */
  readonly featureParity: number;
  /** Artifacts. */
  readonly fitted: string;
  readonly driftReference: string;
  /** Pseudonyms of the people that it was trained on. */
  readonly trainedOn: readonly string[];
  /** Held-out windows on which runtimes were compared, relative to the folder. */
  readonly parityWindows: string;
  /** Why phones are offered no model table; absent where they are. */
  readonly noTable?: string;
  /** Why phones are not offered a format of LiteRT or Core ML that the definition asks for, by format. */
  readonly withheld?: Readonly<Record<string, string>>;
  /** Artifact with the parity matrix; releases of before there was one lack it. */
  readonly matrix?: string;
}

/** Windows of validation people that runtimes are compared on. */
const PARITY_WINDOWS = 256;

/** Windows of training people on which ranges of 8 bits are seen. */
const CALIBRATION_WINDOWS = 256;

/** Lowest SDK that runs what is released today. */
const SDK = "0.1.0";

/** Every n-th of some rows, at most `count`. */
function sample(rows: Int32Array, count: number): Int32Array {
  const step = Math.max(1, rows.length / count);
  return Int32Array.from(
    { length: Math.min(count, rows.length) },
    (_, index) => rows[Math.floor(index * step)]!,
  );
}

/**
 * Histograms of the rows that a model was fitted on, by pseudonym and predicted class: what "no drift" looks like. Who
 * the pseudonyms mean is asked when it is used, and an erasure finds each.
 */
function referenceOf({ set, fit }: TrainedRun): DriftReference {
  const features = selectRows(set.features, fit.rows);
  return driftReference({
    features,
    classes: fit.fitted.classifier.predict(fit.fitted.scaler.transform(features)),
    people: [...fit.rows].map((row) => set.subjects[row]!),
    names: set.names,
    classCount: fit.fitted.classifier.classes.length,
  });
}

/** Why a graph cannot be a model table, or undefined where it can. */
function whyNoTable(graph: Uint8Array): string | undefined {
  try {
    modelTable(graph);
    return undefined;
  } catch (error) {
    if (isTidelineError(error, "MODEL_UNSUPPORTED")) return messageOf(error);
    throw error;
  }
}

/** Why a file is not offered that a constant could pass for. */
const BLIND =
  "a phone's self-test could not tell it from a damaged one: its answers to the synthetic windows vary less than a phone may deviate from them";

/** Refuses to go on without a format where the definition wants them all. */
function requireFormats(
  { name, formats, strictFormats }: ModelDefinition,
  lacking: Readonly<Record<string, string>>,
): void {
  const reasons = Object.entries(lacking).map(([format, reason]) => `${format}: ${reason}`);
  if (strictFormats !== true || reasons.length === 0) return;
  throw tidelineError("PARITY_FAILED", {
    who: `model "${name}"`,
    field: "formats",
    expected: `a release in all of ${(formats ?? DEFAULT_FORMATS).join(", ")}, as strictFormats wants`,
    received: reasons.join("; "),
    remedy: "Leave these formats out, or drop strictFormats: then the release is made without them.",
  });
}

/** Makes the channel's next version while nothing else does, and tells of it before the one after. */
export type InTurn = (make: () => Promise<ReleaseRow>) => Promise<ReleaseRow>;

/** For who is alone with the channel. */
const AT_ONCE: InTurn = (make) => make();

/**
 * Offers a run's model to phones: runtimes are compared on windows of validation people, vectors for the self-test
 * are made, and the next version of the channel is signed and recorded, at the first share of the model's plan.
 *
 * @param inTurn where others may make versions of the channel meanwhile: the last part, which makes one, goes through it
 * @throws `PARITY_FAILED`
 */
export async function offer(
  context: LoopContext,
  trained: TrainedRun,
  snapshot: Snapshot,
  inTurn: InTurn = AT_ONCE,
): Promise<ReleaseRow> {
  const { model, engine, artifacts, catalog, clock, definition, folder, keys, app, channel } = context;
  const { graph, set, fit, run } = trained;
  const { size, channels } = model.window;
  const heldOut = await readWindows(
    engine,
    snapshot,
    model.window,
    set,
    sample(fit.validationRows, PARITY_WINDOWS),
  );
  const names = { input: GRAPH_INPUT, output: GRAPH_OUTPUT };
  const formats = model.formats ?? DEFAULT_FORMATS;
  const noTable = formats.includes("table") ? whyNoTable(graph) : "the definition asks for none";
  const { variants, withheld, same } = await formatVariants({
    graph,
    formats,
    labels: model.labels,
    calibration: async () => {
      const rows = sample(fit.rows, CALIBRATION_WINDOWS);
      const windows = await readWindows(engine, snapshot, model.window, set, rows);
      return { count: rows.length, inputs: { [GRAPH_INPUT]: windows } };
    },
  });
  const table: Readonly<Record<string, string>> =
    formats.includes("table") && noTable !== undefined ? { table: noTable } : {};
  requireFormats(model, { ...withheld, ...table });
  const { parity, offered, refused } = await comparedVariants(
    (artifacts) =>
      checkParity({
        bytes: graph,
        heldOut,
        size,
        channels: channels.length,
        input: GRAPH_INPUT,
        probabilities: GRAPH_OUTPUT,
        features: GRAPH_FEATURES,
        runtimes: [onnxruntimeNode, onnxruntimeWeb, ...(noTable === undefined ? [tableRuntime] : [])],
        artifacts,
      }),
    variants,
  );
  const own = await makeVectors({ bytes: graph, window: model.window, ...names });
  const { vectors, blind } = await answerVariants(offered, {
    ...names,
    bytes: graph,
    vectors: own,
    matrix: parity.matrix,
  });
  const lacking: Readonly<Record<string, string>> = {
    ...withheld,
    ...refused,
    ...Object.fromEntries(blind.map((artifact) => [formatOf(artifact), BLIND])),
  };
  requireFormats(model, { ...lacking, ...table });
  const kept = { ...lacking, ...same };
  // Raw windows of people stay only where a release will name them.
  const parityWindows = join("step", `parity-${run.artifact}.f32`);
  await makeFolder(join(folder, "step"));
  await writeDurably(join(folder, parityWindows), new Uint8Array(heldOut.buffer));
  const reference = await artifacts.put(asBytes(JSON.stringify(referenceOf(trained))));
  const metrics: ReleaseMetrics = {
    bytes: graph.length,
    parity: parity.byRuntime[onnxruntimeWeb.name]!.maxProbabilityDifference,
    featureParity: parity.maxFeatureDifference,
    fitted: fit.fittedArtifact,
    driftReference: reference.sha256,
    trainedOn: [...new Set([...fit.rows].map((row) => set.subjects[row]!))].sort(),
    parityWindows,
    ...(noTable === undefined
      ? { tableParity: parity.byRuntime[tableRuntime.name]!.maxProbabilityDifference }
      : { noTable }),
    ...(Object.keys(kept).length > 0 && { withheld: kept }),
  };
  return inTurn(async () => {
    const rows = await listReleases(catalog, channel);
    const { shares } = model.rollout ?? DEFAULT_ROLLOUT;
    const { release, envelope, evidence } = await makeRelease({
      ...names,
      previousVersion: rows.at(-1)?.version ?? 0,
      stage: { share: shares[0]!, former: formerManifest(rows) },
      now: clock(),
      keys,
      app: app.name,
      channel: channel.slice(channel.indexOf("/") + 1),
      bytes: graph,
      opset: OPSET,
      model,
      definition,
      run: run.id,
      snapshot: snapshot.id,
      sdk: SDK,
      vectors,
      parity,
      variants: offered.filter((artifact) => !blind.includes(artifact)),
      artifacts,
    });
    const row: ReleaseRow = {
      channel,
      version: release.version,
      id: release.id,
      run: run.id,
      issued_at: release.issued,
      expires_at: release.expires,
      status: "offered",
      envelope,
      metrics: { ...metrics, matrix: evidence.sha256 },
    };
    await commit(catalog, (writer) => recordRelease(writer, row));
    return row;
  });
}

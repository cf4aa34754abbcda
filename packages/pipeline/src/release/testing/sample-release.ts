import type { GraphRuntime } from "@tideline/graph";
import {
  event,
  model,
  t,
  windows,
  type Capabilities,
  type ReleaseContext,
  type ReleaseMetadata,
  type RootMetadata,
} from "@tideline/spec";
import { onnxruntimeNode, onnxruntimeWeb } from "../../runtime/index.ts";
import { sampleModel, sampleWindows } from "../../runtime/testing/sample-model.ts";
import type { ArtifactStore } from "../artifact.ts";
import type { KeyRing } from "../key.ts";
import type { ReleaseOptions } from "../make-release.ts";
import type { ModelArtifact } from "../matrix/index.ts";
import { checkParity, type ParityReport } from "../parity.ts";
import { makeVectors } from "../vectors.ts";

/** 2026-01-01 in milliseconds since 1970. */
export const NEW_YEAR = 1_767_225_600_000;

const motion = event(
  "motion",
  {
    session: t.id(),
    start: t.int({ min: 0 }),
    samples: t.frame({
      channels: ["acc_x", "acc_y", "acc_z", "gyro_x", "gyro_y", "gyro_z"],
      units: ["g", "g", "g", "rad/s", "rad/s", "rad/s"],
      rate: 50,
    }),
  },
  { purpose: "improve", retain: "30d" },
);

const axes = ["acc_x", "acc_y", "acc_z"];

/** Windows of the sample model. */
export const sampleWindow = windows("gait", motion, {
  field: "samples",
  session: "session",
  start: "start",
  size: 128,
  hop: 64,
  gravity: { channels: axes, cutoff: 0.3 },
});

/** The declaration whose graph is the sample model. */
const sampleDefinition = model({
  name: "sample",
  purpose: "improve",
  cloudPurpose: "cloud",
  window: sampleWindow,
  labels: ["a", "b", "c", "d", "e", "f"],
  sessionLabel: { event: "note", session: "session", label: "label" },
  predictionLabel: { event: "correction", predictionId: "prediction_id", label: "label", within: 1000 },
  cohorts: { event: "enrolment", field: "cohort", train: ["x"], corrections: ["y"], control: ["z"] },
  signals: { channels: sampleWindow.channels, derived: {}, features: [] },
  candidates: { C: [1] },
  gates: { macroF1: 0.5, liftOverBaseline: 0.1 },
  drift: { minPeople: 1, minRows: 1 },
  retrain: { labelledPeople: 0.5, quiet: 1000 },
  fallback: { when: [], otherwise: "a" },
});

/** A parity report of a sample model over few rows. */
export function sampleParity(
  bytes: Uint8Array,
  runtimes: readonly GraphRuntime[] = [onnxruntimeNode, onnxruntimeWeb],
  artifacts: readonly ModelArtifact[] = [],
): Promise<ParityReport> {
  return checkParity({
    bytes,
    heldOut: sampleWindows(40),
    size: 128,
    channels: 9,
    input: "window",
    probabilities: "probabilities",
    features: "features",
    runtimes,
    artifacts,
    timedRows: 5,
  });
}

/** Everything that a first release of a sample model is made of. */
export async function sampleReleaseOptions(
  keys: KeyRing,
  artifacts: ArtifactStore,
  bytes = sampleModel(),
): Promise<ReleaseOptions> {
  return {
    app: "gym",
    channel: "stable",
    previousVersion: 0,
    now: NEW_YEAR,
    keys,
    artifacts,
    bytes,
    opset: 18,
    model: sampleDefinition,
    input: "window",
    output: "probabilities",
    definition: "d".repeat(64),
    run: "run-1",
    snapshot: "s".repeat(64),
    sdk: "0.1.0",
    vectors: await makeVectors({ bytes, window: sampleWindow, input: "window", output: "probabilities" }),
    parity: await sampleParity(bytes),
  };
}

const capabilities: Capabilities = { sdk: "0.1.0", schema: { motion: 1 }, runtimes: { onnx: 18 } };

/** A phone that pinned `root` and has accepted nothing yet. */
export function samplePhone(root: RootMetadata): ReleaseContext {
  return {
    root,
    app: "gym",
    channel: "stable",
    now: NEW_YEAR + 1000,
    acceptedVersion: 0,
    environment: "development",
    capabilities,
  };
}

/** A manifest of the channel `stable` that is good enough to be signed: nothing of its model is read. */
export function sampleManifest(changes: Partial<ReleaseMetadata> = {}): ReleaseMetadata {
  const { id = "0".repeat(64) } = changes;
  const address = { sha256: id, bytes: 1 };
  return {
    type: "release",
    format: 1,
    app: "gym",
    channel: "stable",
    version: 4,
    id,
    issued: NEW_YEAR,
    expires: NEW_YEAR + 30 * 86_400_000,
    requires: { sdk: "0.1.0", schema: { motion: 1 }, runtime: ["onnx"], opset: 18 },
    model: {
      name: "sample",
      purpose: "improve",
      cloudPurpose: "cloud",
      labels: ["a", "b"],
      window: sampleWindow,
      input: "window",
      output: "probabilities",
      definition: "d",
      run: "r",
      snapshot: "s",
    },
    fallback: { when: [], otherwise: "a" },
    variants: [{ ...address, format: "onnx", opset: 18 }],
    vectors: address,
    kill: false,
    ...changes,
  };
}

import {
  RELEASE_TYPE,
  compareVersions,
  tidelineError,
  type ArtifactReference,
  type Envelope,
  type ModelDefinition,
  type ReleaseMetadata,
  type SelfTestVectors,
  type TidelineError,
  type Variant,
} from "@tideline/spec";
import { TABLE_VERSION } from "@tideline/predict";
import { modelTable, tableRuntime } from "../runtime/index.ts";
import type { ArtifactStore } from "./artifact.ts";
import { chunksOf } from "./chunk.ts";
import type { KeyRing } from "./key.ts";
import { digestOf, type ModelArtifact } from "./matrix/model-artifact.ts";
import { requireParity, type ParityReport } from "./parity.ts";
import { sha256Hex } from "./release-port.ts";
import { rolloutOf, stageOf, type Stage } from "./rollout.ts";
import { signEnvelope } from "./sign.ts";
import { isBlind, variantDeviation } from "./variant-answer.ts";
import { variantFile, type VariantFile } from "./variant-file.ts";
import { encodeVectors } from "./vectors.ts";

/** How long a phone takes a release as new, in milliseconds: 30 days, after which it must be signed again. */
export const RELEASE_VALID_FOR = 30 * 86_400_000;

/** Bytes of a manifest at most, as JSON: phones read no more than four times as much. */
const MANIFEST_BYTES = 1 << 18;

/** A release and the envelope that phones fetch. */
export interface SignedRelease {
  readonly release: ReleaseMetadata;
  readonly envelope: Envelope;
}

/** A new release, and what it was let pass for. */
export interface MadeRelease extends SignedRelease {
  /** The parity matrix as JSON, in the artifacts of the folder; phones do not get it. */
  readonly evidence: ArtifactReference;
}

/** What every new manifest needs, whatever it offers. */
export interface ManifestOptions {
  /** Version of the channel's last release, whatever became of it; 0 before the first. */
  readonly previousVersion: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds; {@link RELEASE_VALID_FOR} by default. */
  readonly validFor?: number;
  readonly keys: KeyRing;
}

/** What a release is made of. */
export interface ReleaseOptions extends ManifestOptions {
  readonly app: string;
  readonly channel: string;
  /** The graph: an ONNX model. */
  readonly bytes: Uint8Array;
  readonly opset: number;
  readonly model: ModelDefinition;
  /** Names of the graph's input and of the output with the probabilities. */
  readonly input: string;
  readonly output: string;
  /** Content hash of the app definition that it was trained with. */
  readonly definition: string;
  readonly run: string;
  readonly snapshot: string;
  /** Lowest SDK that can run it, `major.minor.patch`. */
  readonly sdk: string;
  readonly vectors: SelfTestVectors;
  /** The proof that runtimes agree on these very bytes, with its matrix; there is no release without it. */
  readonly parity: ParityReport;
  /**
   * The model in LiteRT, Core ML and ONNX Runtime's own format, for phones that have those runtimes: artifacts that the matrix has run. `vectors` has answers of
   * its own for those of rounded numbers (`answerVariants`).
   */
  readonly variants?: readonly ModelArtifact[];
  readonly artifacts: ArtifactStore;
  /** For whom it is at first; for every phone by default. */
  readonly stage?: Stage;
}

function refuse(field: string, expected: string, received: string): TidelineError {
  return tidelineError("ARGUMENT_INVALID", { who: "release", field, expected, received });
}

/** Gives a manifest the next version and a validity, and signs it for a stage; for every phone where there is none. */
function issue(
  body: Omit<ReleaseMetadata, "version" | "issued" | "expires" | "rollout">,
  options: ManifestOptions,
  stage: Stage = { share: 1, former: null },
): SignedRelease {
  const { previousVersion, now, validFor = RELEASE_VALID_FOR, keys } = options;
  if (!Number.isSafeInteger(previousVersion) || previousVersion < 0) {
    throw refuse("previousVersion", "an integer of at least 0", String(previousVersion));
  }
  if (!(validFor > 0) || !Number.isSafeInteger(now)) {
    throw refuse("now, validFor", "milliseconds, a positive validity", `${now}, ${validFor}`);
  }
  if (keys.root.expires <= now) {
    throw tidelineError("RELEASE_EXPIRED", {
      who: "release",
      expected: "a root that is still valid",
      received: `one that expired ${new Date(keys.root.expires).toISOString()}`,
      remedy: "Rotate the release key: that makes a new root.",
    });
  }
  const expires = now + validFor;
  const { rollout: _, ...rest } = body as ReleaseMetadata;
  const rollout = rolloutOf(body, stage, { expires, keys });
  const release: ReleaseMetadata = Object.freeze({
    ...rest,
    version: previousVersion + 1,
    issued: now,
    expires,
    ...(rollout && { rollout }),
  });
  const envelope = signEnvelope(RELEASE_TYPE, release, [keys.releaseKey]);
  const { length } = JSON.stringify(envelope);
  if (length > MANIFEST_BYTES) throw refuse("manifest", `at most ${MANIFEST_BYTES} bytes`, String(length));
  return Object.freeze({ release, envelope });
}

/** Refuses what would only fail on phones. */
function checkOptions(options: ReleaseOptions, id: string): void {
  const { parity, vectors, model, sdk } = options;
  if (parity?.graph !== id) {
    throw tidelineError("PARITY_FAILED", {
      who: "release",
      expected: `a parity report of graph ${id.slice(0, 12)}`,
      received: parity === undefined ? "none" : `one of ${parity.graph.slice(0, 12)}`,
      remedy: "Compare the runtimes on the bytes that are released.",
    });
  }
  if (parity.matrix?.graph !== id) {
    throw tidelineError("PARITY_FAILED", {
      who: "release",
      field: "matrix",
      expected: `a parity matrix of graph ${id.slice(0, 12)}`,
      received: parity.matrix === undefined ? "none" : `one of ${parity.matrix.graph.slice(0, 12)}`,
      remedy: "Compare the artifacts on the bytes that are released.",
    });
  }
  if (!(parity.runtimes.length >= 2) || !(parity.rows > 0)) {
    throw tidelineError("PARITY_FAILED", {
      who: "release",
      expected: "a comparison of at least two runtimes over rows",
      received: `${parity.runtimes.length} runtimes, ${parity.rows} rows`,
    });
  }
  requireParity(parity);
  const length = model.window.size * model.window.channels.length;
  const complete =
    vectors.windows.length > 0 &&
    vectors.windows.every((window) => window.length === length) &&
    vectors.tolerance > 0 &&
    Object.values(vectors.variants ?? {}).every(({ deviation }) => deviation > 0) &&
    [vectors, ...Object.values(vectors.variants ?? {})].every(
      ({ probabilities }) =>
        probabilities.length === vectors.windows.length &&
        probabilities.every((row) => row.length === model.labels.length && row.every(Number.isFinite)),
    );
  if (!complete) {
    throw refuse(
      "vectors",
      `windows of ${length} values, ${model.labels.length} probabilities each`,
      "others",
    );
  }
  if (!/^\d+\.\d+\.\d+$/.test(sdk) || compareVersions(sdk, "0.0.0") <= 0) {
    throw refuse("sdk", "major.minor.patch", sdk);
  }
}

/** The graph's table where parity covered one; throws PARITY_FAILED where that was another one. */
function comparedTable({ bytes, parity }: ReleaseOptions): Uint8Array | null {
  const compared = parity.byRuntime[tableRuntime.name];
  if (compared === undefined) return null;
  const table = modelTable(bytes);
  if (compared.artifact === sha256Hex(table)) return table;
  throw tidelineError("PARITY_FAILED", {
    who: "release",
    field: "table",
    expected: `a comparison of table ${sha256Hex(table).slice(0, 12)}`,
    received: `one of ${compared.artifact.slice(0, 12)}`,
    remedy: "Compare the runtimes on the bytes that are released.",
  });
}

/**
 * What a release carries of an artifact that the matrix let pass, with vectors to test it by.
 *
 * @throws PARITY_FAILED, ARGUMENT_INVALID
 */
function comparedFile(artifact: ModelArtifact, { parity, vectors }: ReleaseOptions): VariantFile {
  const { kind, numbers, files, sha256 } = artifact;
  const file = variantFile(artifact);
  // By its files, whatever it says of itself.
  const deviation = variantDeviation(parity.matrix, { kind, numbers, sha256: digestOf(files) });
  if (numbers === "exact") return file;
  const own = vectors.variants?.[sha256Hex(file.bytes)];
  if (own !== undefined && own.deviation <= deviation && !isBlind(own)) return file;
  throw refuse(
    "vectors.variants",
    `answers of ${kind} (${sha256.slice(0, 12)}) that vary by more than their deviation, which is at most ${deviation}`,
    own === undefined ? "none" : `a deviation of ${own.deviation}`,
  );
}

/** The bytes under which a matrix is kept: JSON, with numbers that it lacks as texts. */
function encodeMatrix(matrix: ParityReport["matrix"]): Uint8Array {
  const plain = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  return new TextEncoder().encode(`${JSON.stringify(matrix, plain)}\n`);
}

/** What phones may take: the graph, its table where parity covered that, and the variants. */
async function putVariants(options: ReleaseOptions): Promise<readonly Variant[]> {
  const { bytes, opset, artifacts, variants = [] } = options;
  const table = comparedTable(options);
  const others = variants.map((variant) => ({ kind: variant.kind, ...comparedFile(variant, options) }));
  const put = async (file: Uint8Array) => {
    const chunks = chunksOf(file);
    return { ...(await artifacts.put(file)), ...(chunks && { chunks }) };
  };
  const all: Variant[] = [{ ...(await put(bytes)), format: "onnx", opset }];
  if (table !== null) all.push({ ...(await put(table)), format: "table", version: TABLE_VERSION });
  for (const { bytes: file, ...rest } of others) all.push({ ...(await put(file)), ...rest });
  return all;
}

/**
 * Makes a release: stores the graph and its vectors as artifacts, and signs the manifest with the next version. Where
 * the parity report covers the runtime `table`, the release offers the graph's compact table too. The matrix of artifacts and
 * runtimes is stored as evidence.
 *
 * @throws PARITY_FAILED without a passing parity report of these bytes, ARGUMENT_INVALID, RELEASE_EXPIRED when the
 *   root has expired, DISK_FULL, FSYNC_FAILED.
 *
 * @example
 * const { release, envelope } = await makeRelease({ app: "gym", channel: "stable", previousVersion: 0, bytes, parity,
 *   vectors, model, keys, artifacts, now: clock(), ... });
 */
export async function makeRelease(options: ReleaseOptions): Promise<MadeRelease> {
  const { app, channel, bytes, opset, model, input, output, definition, run, snapshot, sdk, artifacts } =
    options;
  checkOptions(options, sha256Hex(bytes));
  const variants = await putVariants(options);
  const levels: Record<string, number> = {};
  for (const variant of variants)
    if (variant.format !== "onnx")
      levels[variant.format] = Math.min(levels[variant.format] ?? Infinity, variant.version);
  const evidence = await artifacts.put(encodeMatrix(options.parity.matrix));
  const vectors = await artifacts.put(encodeVectors(options.vectors));
  const { name, purpose, cloudPurpose, labels, window, fallback } = model;
  const signed = issue(
    {
      type: "release",
      format: 1,
      app,
      channel,
      id: variants[0]!.sha256,
      requires: {
        sdk,
        schema: { [window.event]: window.eventVersion },
        runtime: [...new Set(variants.map(({ format }) => format))],
        opset,
        ...(Object.keys(levels).length > 0 ? { levels } : {}),
      },
      model: { name, purpose, cloudPurpose, labels, window, input, output, definition, run, snapshot },
      fallback,
      variants,
      vectors,
      kill: false,
    },
    options,
    options.stage,
  );
  return Object.freeze({ ...signed, evidence });
}

/**
 * Offers a release to more phones, or to fewer new ones: the same model under the next version. Phones that run it
 * already keep it.
 *
 * @throws ARGUMENT_INVALID for a share that is none, or a release that is a kill switch
 */
export function shareRelease(last: ReleaseMetadata, share: number, options: ManifestOptions): SignedRelease {
  if (last.kill) throw refuse("release", "a release with a model", `version ${last.version}, a kill switch`);
  return issue(last, options, { ...stageOf(last), share });
}

/** Says to every phone of the channel: stop predicting with any model of it. A later release lifts that. */
export function killRelease(last: ReleaseMetadata, options: ManifestOptions): SignedRelease {
  return issue({ ...last, kill: true }, options);
}

/**
 * Signs a release again before it expires, or after the release key changed: the same model for the same phones under
 * a new version.
 */
export function renewRelease(last: ReleaseMetadata, options: ManifestOptions): SignedRelease {
  return issue(last, options, stageOf(last));
}

/**
 * Goes back to an older release: a new, higher version that points to the old artifacts, which were compared and
 * tested when they were first released, and are read again here. For every phone, unless a stage is given.
 *
 * @throws ARTIFACT_CORRUPT, NOT_FOUND when an artifact is not what it was; ARGUMENT_INVALID for a version that is not
 *   older, or for a release that was a kill switch.
 */
export async function rollbackRelease(
  target: ReleaseMetadata,
  options: ManifestOptions & { readonly artifacts: ArtifactStore; readonly stage?: Stage },
): Promise<SignedRelease> {
  if (target.version > options.previousVersion) {
    throw refuse("target", `a version up to ${options.previousVersion}`, String(target.version));
  }
  if (target.kill)
    throw refuse("target", "a release with a model", `version ${target.version}, a kill switch`);
  for (const { sha256 } of [...target.variants, target.vectors]) await options.artifacts.read(sha256);
  return issue(target, options, options.stage);
}

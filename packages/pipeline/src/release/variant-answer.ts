import { readOnnx } from "@tideline/graph";
import { tidelineError, type SelfTestVectors, type VariantAnswers } from "@tideline/spec";
import { ARTIFACT_RUNTIMES, type ArtifactRuntime } from "./matrix/artifact-runtime.ts";
import type { ParityMatrix } from "./matrix/matrix-report.ts";
import type { ModelArtifact } from "./matrix/model-artifact.ts";
import { rowInputs } from "./matrix/model-row.ts";
import { sha256Hex } from "./release-port.ts";
import { variantFile } from "./variant-file.ts";
import { VECTOR_TOLERANCE } from "./vectors.ts";

/**
 * How often the error of a file over held-out rows a phone may be off from what the file answered here. What kernels differ by is the
 * rounding of what is in between, which is of the size of that error: with 8 bits throughout, LiteRT's reference kernels were off from
 * those of XNNPACK, over the vectors of 32 random conv nets, by 0.5 of it in the middle and by 1.6 of it at most, but for one net whose
 * answers to held-out rows are all sure, and by 0.07 of it on a net trained on UCI HAR.
 */
const TIMES_ERROR = 2;

/** The least that a phone may be off by: with 8 bits one step of a probability that has them, else what exact files may. */
const LEAST = Object.freeze({ float16: VECTOR_TOLERANCE, int8: 1 / 256 });

/**
 * By how much a phone's answers to the vectors may deviate from what an artifact of rounded numbers answered here: twice the root mean
 * square by which the gate found it off from the graph over held-out rows, and at least a step. The largest difference of any row
 * would be a poor bound: one row near a change of class makes it so wide that damaged files pass. Adversarial rows do not widen it:
 * far outside of the values that were seen, a file of 8 bits answers something else than its graph, which says nothing of what kernels
 * differ by.
 *
 * @throws PARITY_FAILED where the matrix has not run the artifact.
 */
export function variantDeviation(
  matrix: ParityMatrix,
  { kind, numbers, sha256 }: Pick<ModelArtifact, "kind" | "numbers" | "sha256">,
): number {
  const errors = matrix.cells.flatMap((cell) => (cell.sha256 === sha256 ? [cell.heldOut.error] : []));
  const most = Math.max(...errors);
  if (Number.isFinite(most)) return Math.max(numbers === "exact" ? 0 : LEAST[numbers], TIMES_ERROR * most);
  throw tidelineError("PARITY_FAILED", {
    who: "release",
    field: `variant ${kind}`,
    expected: "one that the matrix has run",
    received: sha256.slice(0, 12),
    remedy: "Compare the artifacts that are released.",
  });
}

/** Whether a file that answers every window alike could pass: the best such answer is the mean of what is expected. */
export function isBlind({ deviation, probabilities }: VariantAnswers): boolean {
  const labels = probabilities[0] ?? [];
  const means = labels.map(
    (_, label) => probabilities.reduce((sum, row) => sum + row[label]!, 0) / probabilities.length,
  );
  const apart = probabilities.flatMap((row) => row.map((value, label) => value - means[label]!));
  return Math.hypot(...apart) / Math.sqrt(apart.length) <= deviation;
}

/** The graph that artifacts are of, and its ends. */
export interface AnswerOptions {
  readonly bytes: Uint8Array;
  readonly input: string;
  readonly output: string;
  readonly vectors: SelfTestVectors;
  readonly matrix: ParityMatrix;
  /** All of the matrix by default; the first that runs a file answers for it. */
  readonly runtimes?: readonly ArtifactRuntime[];
}

/** What an artifact answers to each window alone, as a phone asks. */
async function answersOf(
  artifact: ModelArtifact,
  { bytes, input, output, vectors, runtimes = ARTIFACT_RUNTIMES }: AnswerOptions,
): Promise<readonly (readonly number[])[]> {
  const runtime = runtimes.find(({ formats }) => formats.includes(artifact.format))!;
  const widths = { [output]: vectors.probabilities[0]!.length };
  const open = await runtime.open(artifact, { inputs: rowInputs(readOnnx(bytes)), graph: bytes, widths });
  try {
    const rows: number[][] = [];
    for (const window of vectors.windows) {
      const given = { count: 1, inputs: { [input]: Float32Array.from(window) } };
      rows.push([...(await open.answer(given, [output]))[output]!]);
    }
    return rows;
  } finally {
    await open.close();
  }
}

/** Vectors with what stands for each variant, and those whose self-test would tell nothing. */
export interface AnsweredVariants {
  readonly vectors: SelfTestVectors;
  readonly blind: readonly ModelArtifact[];
}

/**
 * The vectors of a release whose artifacts of rounded numbers have answers of their own: what each said here to the windows, and by how
 * much a phone may deviate from that ({@link variantDeviation}). Artifacts of exact numbers are held to the graph's.
 *
 * @throws PARITY_FAILED where the matrix has not run an artifact.
 *
 * @example
 * const { vectors, blind } = await answerVariants(artifacts, { bytes, input, output, vectors: own, matrix: parity.matrix });
 */
export async function answerVariants(
  artifacts: readonly ModelArtifact[],
  options: AnswerOptions,
): Promise<AnsweredVariants> {
  const blind: ModelArtifact[] = [];
  const variants: Record<string, VariantAnswers> = {};
  for (const artifact of artifacts) {
    if (artifact.numbers === "exact") continue;
    const deviation = variantDeviation(options.matrix, artifact);
    const own = Object.freeze({ deviation, probabilities: await answersOf(artifact, options) });
    if (isBlind(own)) blind.push(artifact);
    else variants[sha256Hex(variantFile(artifact).bytes)] = own;
  }
  const { vectors } = options;
  return { vectors: Object.keys(variants).length > 0 ? { ...vectors, variants } : vectors, blind };
}

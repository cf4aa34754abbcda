import { float32Values, readOnnx } from "@tideline/graph";
import { MODEL_FORMATS, type ModelFormat, type SelfTestVectors } from "@tideline/spec";
import { makeArtifacts, type ModelArtifact, type ModelRows } from "../release/index.ts";
import { litertRuntime } from "../runtime/index.ts";

/** The kind of artifact that stands for a format of LiteRT. */
const KINDS: Readonly<Partial<Record<ModelFormat, string>>> = {
  litert: "tflite",
  "litert-float16": "tflite-float16",
  "litert-dynamic-int8": "tflite-dynamic-int8",
  "litert-int8": "tflite-int8",
};

/** The format that a definition asks for by which an artifact is made. */
export const liteFormatOf = ({ kind }: Pick<ModelArtifact, "kind">): ModelFormat =>
  MODEL_FORMATS.find((format) => KINDS[format] === kind)!;

/** What LiteRT is asked for. */
export interface LiteOptions {
  readonly graph: Uint8Array;
  readonly formats: readonly ModelFormat[];
  /** `[size, channels]` of a window. */
  readonly dims: readonly [number, number];
  readonly input: string;
  readonly output: string;
  readonly vectors: SelfTestVectors;
  /** Windows of training people, on which ranges of 8 bits are seen. */
  readonly calibration: () => Promise<ModelRows>;
}

/** Files of LiteRT, and why there are no others. */
export interface LiteVariants {
  readonly variants: readonly ModelArtifact[];
  /** By format. */
  readonly withheld: Readonly<Record<string, string>>;
}

/** How far a file's answers are from the vectors by which phones test it. */
async function farthest(
  { files }: ModelArtifact,
  { dims, input, output, vectors }: LiteOptions,
): Promise<number> {
  const loaded = await litertRuntime.load(files[0]!.bytes);
  try {
    let most = 0;
    for (const [at, window] of vectors.windows.entries()) {
      const given = { dims: [1, ...dims], values: Float32Array.from(window) };
      const answer = float32Values(await loaded.run({ [input]: given }, [output]), output);
      for (const [label, known] of vectors.probabilities[at]!.entries()) {
        const difference = Math.abs(answer[label]! - known);
        most = Number.isNaN(difference) ? Infinity : Math.max(most, difference);
      }
    }
    return most;
  } finally {
    await loaded.release();
  }
}

/**
 * The files of LiteRT that a definition asks for. One that a phone's self-test would refuse, as rounded numbers may be, is withheld
 * with its reason: a phone takes the smallest file of its runtime, and would be left with none.
 */
export async function liteVariants(options: LiteOptions): Promise<LiteVariants> {
  const { graph, formats, vectors, calibration } = options;
  const variants: ModelArtifact[] = [];
  const withheld: Record<string, string> = {};
  const model = readOnnx(graph);
  for (const format of formats) {
    const kind = KINDS[format];
    if (kind === undefined) continue;
    const rows = format === "litert-int8" ? { calibration: await calibration() } : {};
    const { made, missing } = await makeArtifacts({ model, name: "model", ...rows }, [kind]);
    const [artifact] = made;
    if (artifact === undefined) {
      const reasons = missing[0]!.reasons.map(({ op, reason }) => (op === "" ? reason : `${op}: ${reason}`));
      withheld[format] = [...new Set(reasons)].join("; ");
      continue;
    }
    const difference = await farthest(artifact, options);
    const sameAs = variants.find(({ sha256 }) => sha256 === artifact.sha256);
    if (sameAs !== undefined) withheld[format] = `the same file as ${liteFormatOf(sameAs)}`;
    else if (difference <= vectors.tolerance) variants.push(artifact);
    else
      withheld[format] =
        `a phone's self-test would refuse it: it is off by ${difference.toPrecision(3)}, more than ${vectors.tolerance}`;
  }
  return { variants, withheld };
}

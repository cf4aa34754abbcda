import { readOnnx } from "@tideline/graph";
import { isTidelineError, messageOf, MODEL_FORMATS, type ModelFormat } from "@tideline/spec";
import {
  ARTIFACT_RUNTIMES,
  makeArtifacts,
  rowInputs,
  type ArtifactKindName,
  type ArtifactRuntime,
  type ModelArtifact,
  type ModelRows,
} from "../release/index.ts";

/** The kind of artifact that stands for a format beside the graph and its table. */
const KINDS: Readonly<Record<Exclude<ModelFormat, "onnx" | "table">, ArtifactKindName>> = {
  ort: "ort",
  litert: "tflite",
  "litert-float16": "tflite-float16",
  "litert-dynamic-int8": "tflite-dynamic-int8",
  "litert-int8": "tflite-int8",
  coreml: "mlpackage",
  "coreml-float16": "mlpackage-float16",
  "coreml-int8": "mlpackage-int8",
  "coreml-palettised": "mlpackage-palettised",
  "coreml-classic": "mlmodel",
};

const kindOf = (format: ModelFormat): ArtifactKindName | undefined =>
  format === "onnx" || format === "table" ? undefined : KINDS[format];

/** The format that a definition asks for by which an artifact is made. */
export const formatOf = ({ kind }: Pick<ModelArtifact, "kind">): ModelFormat =>
  MODEL_FORMATS.find((format) => kindOf(format) === kind)!;

/** What is asked for beside a graph and its table. */
export interface FormatOptions {
  readonly graph: Uint8Array;
  readonly formats: readonly ModelFormat[];
  /** Classes in the order of the probabilities, which Core ML's classic form tells. */
  readonly labels: readonly string[];
  /** Windows of training people, on which ranges of 8 bits are seen. */
  readonly calibration: () => Promise<ModelRows>;
  /** All of the matrix by default. */
  readonly runtimes?: readonly ArtifactRuntime[];
}

/** Files that may be offered, and why there are no others. */
export interface FormatVariants {
  readonly variants: readonly ModelArtifact[];
  /** By format. */
  readonly withheld: Readonly<Partial<Record<ModelFormat, string>>>;
  /** Formats in which the model would be the same file as in another one, and that one. */
  readonly same: Readonly<Partial<Record<ModelFormat, string>>>;
}

/** Why no runtime of a file's format is here, where that is so; what a runtime says against the file itself is for the gate. */
async function whyNotRun(
  artifact: ModelArtifact,
  graph: Uint8Array,
  runtimes: readonly ArtifactRuntime[],
): Promise<string | undefined> {
  const able = runtimes.filter(({ formats }) => formats.includes(artifact.format));
  const away: string[] = [];
  for (const runtime of able)
    try {
      const open = await runtime.open(artifact, { inputs: rowInputs(readOnnx(graph)), graph });
      await open.close();
    } catch (error) {
      if (isTidelineError(error, "UNAVAILABLE")) away.push(messageOf(error));
    }
  if (away.length < able.length) return undefined;
  return `nothing here runs it, so that it cannot be held against the model: ${away.join("; ") || "no runtime"}`;
}

/**
 * The files of runtimes that a definition asks for beside the graph and its table. A format that the model does not come in, that is
 * the same file as another, or that nothing here runs is withheld with its reason.
 */
export async function formatVariants({
  graph,
  formats,
  labels,
  calibration,
  runtimes = ARTIFACT_RUNTIMES,
}: FormatOptions): Promise<FormatVariants> {
  const kinds = formats.flatMap((format) => kindOf(format) ?? []);
  const model = readOnnx(graph);
  const source = {
    model,
    name: "model",
    ...(kinds.includes("tflite-int8") && { calibration: await calibration() }),
  };
  // A program answers with the graph's own output, whatever the classes are called.
  const programs = await makeArtifacts(
    source,
    kinds.filter((kind) => kind !== "mlmodel"),
  );
  const classic = await makeArtifacts(
    { ...source, labels },
    kinds.filter((kind) => kind === "mlmodel"),
  );
  const withheld: Partial<Record<ModelFormat, string>> = {};
  const same: Partial<Record<ModelFormat, string>> = {};
  for (const { kind, reasons } of [...programs.missing, ...classic.missing]) {
    const told = reasons.map(({ op, reason }) => (op === "" ? reason : `${op}: ${reason}`));
    const isTwin = programs.made.some((made) => made.kind === reasons[0]?.instead);
    (isTwin ? same : withheld)[formatOf({ kind })] = [...new Set(told)].join("; ");
  }
  const variants: ModelArtifact[] = [];
  for (const artifact of [...programs.made, ...classic.made]) {
    const reason = await whyNotRun(artifact, graph, runtimes);
    if (reason === undefined) variants.push(artifact);
    else withheld[formatOf(artifact)] = reason;
  }
  return { variants, withheld, same };
}

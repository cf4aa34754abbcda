import { findDefinition } from "../../call.ts";
import type { OnnxModel } from "../../onnx.ts";
import { textLookups } from "../../source/text-lookup.ts";
import type { CoremlFeature } from "../describe/description.ts";
import { formatFeatureType } from "../describe/feature-type.ts";
import { encodeCoreml, OLDEST_RELEASE } from "../describe/model-file.ts";
import { assembled, type Assembled } from "./assemble.ts";
import { classicEntries, type ClassicInput } from "./classic-input.ts";
import { isRefusal, refusal, type ClassicReason } from "./classic-reason.ts";
import { answerOf } from "./classic-answer.ts";
import { readClassic, type ClassicGraph } from "./read-classic.ts";
import { CLASSIC_VERSION } from "./stage.ts";

/** What a classic file is to be. */
export interface MlModelOptions {
  /** Which output of the graph is written, where it has several models in it. */
  readonly output?: string;
  /** The names of the classes, in the order of the scores; the graph's own metadata `classes` otherwise. */
  readonly labels?: readonly string[] | readonly number[];
  /** How the inputs are to read, by the graph's names. */
  readonly inputs?: Readonly<Record<string, ClassicInput>>;
  /** What Xcode shows of the model. */
  readonly description?: string;
  readonly author?: string;
  readonly license?: string;
  readonly version?: string;
  /** Texts by name that travel with the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What was written. */
export interface MlModelReport {
  /** The form of the whole: a pipeline, or an estimator by itself. */
  readonly form: string;
  /** The forms of a pipeline's stages, in their order. */
  readonly stages: readonly string[];
  readonly specificationVersion: number;
  /** The oldest release that reads it. */
  readonly runtime: string;
  readonly inputs: readonly { readonly name: string; readonly type: string }[];
  readonly outputs: readonly { readonly name: string; readonly type: string }[];
  readonly labels?: readonly (string | number)[];
  /** What the file answers of the graph: the output of scores, and those that tell a class, each with its numbers in the order of `labels`. */
  readonly answers: {
    readonly scores: string;
    readonly classes: Readonly<Record<string, readonly number[]>>;
  };
  readonly trees?: number;
  readonly nodes?: number;
  /** No Apple hardware has run it: it was read, checked and interpreted by code of our own. */
  readonly checked: "not run on Apple hardware";
}

/** A classic Core ML file, or all reasons why there is none. */
export type MlModelResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly report: MlModelReport }
  | { readonly ok: false; readonly reasons: readonly ClassicReason[] };

/** The nodes of operators that this package does not have. */
function strangers({ graph }: OnnxModel): readonly ClassicReason[] {
  return graph.nodes
    .filter((node) => findDefinition(node) === undefined)
    .map(
      (node) =>
        refusal("it is no operator that this package has (docs/operators.md)", "operators of the list", node)
          .refusal,
    );
}

const formatted = (list: readonly CoremlFeature[]): MlModelReport["inputs"] =>
  list.map(({ name, type }) => ({ name, type: formatFeatureType(type) }));

function reportOf(
  { model, stages, labels, trees }: Assembled,
  { outputs }: ClassicGraph,
  scores: string,
): MlModelReport {
  const classes = outputs.flatMap(({ name, value }) =>
    value.kind === "label" && labels !== undefined
      ? [[name, value.labels ?? labels.map((_, at) => at)] as const]
      : [],
  );
  return {
    form: model.form,
    stages,
    specificationVersion: model.specificationVersion,
    runtime: OLDEST_RELEASE[CLASSIC_VERSION]!,
    inputs: formatted(model.description.inputs),
    outputs: formatted(model.description.outputs),
    ...(labels && { labels }),
    answers: { scores, classes: Object.fromEntries(classes) },
    ...(trees && { trees: new Set(trees.nodes.map(({ tree }) => tree)).size, nodes: trees.nodes.length }),
    checked: "not run on Apple hardware",
  };
}

/**
 * Writes a graph of preprocessing, trees or a linear model, and probabilities as a classic Core ML file (`.mlmodel`): an
 * estimator by itself where its columns come as they are, else a pipeline. The same graph gives the same bytes.
 *
 * What stands before trees is worked into their questions: a branch asks its column at the very number of single precision at
 * which the feature, computed in single precision as runtimes do, passes the branch's number. Core ML compares in double
 * precision, where each of these numbers is exact; so every row of single precision goes the way that it goes in the graph.
 *
 * @returns the bytes with a report, or the reason and the nearest alternative.
 * @throws GRAPH_ILLEGAL as `checkModel`; MODEL_MALFORMED for names that are there twice.
 *
 * @example
 * const result = writeMlModel(model, { labels: ["no", "yes"], inputs: { x: { columns: ["age", "hours"] } } });
 * if (!result.ok) throw new Error(result.reasons.map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`).join("\n"));
 */
export function writeMlModel(model: OnnxModel, options: MlModelOptions = {}): MlModelResult {
  const { model: coded, dictionaries } = textLookups(model);
  const unknown = strangers(coded);
  if (unknown.length > 0) return { ok: false, reasons: unknown };
  try {
    const graph = readClassic(coded, dictionaries);
    const answer = answerOf(graph, {
      output: options.output,
      labels: options.labels,
      metadata: model.metadata,
    });
    const entries = classicEntries(coded, dictionaries, options.inputs ?? {});
    const made = assembled(entries, answer, { ...options, name: model.graph.name });
    return { ok: true, bytes: encodeCoreml(made.model), report: reportOf(made, graph, answer.name) };
  } catch (error) {
    if (isRefusal(error)) return { ok: false, reasons: [error.refusal] };
    throw error;
  }
}

import {
  type ElementType,
  type GraphRuntime,
  type RuntimeTensor,
  type TensorDeclaration,
} from "@tideline/graph";
import { litertFeed, type LitertReport } from "@tideline/graph/litert";
import { tidelineError } from "@tideline/spec";
import { litertRuntime, onnxruntimeNode, onnxruntimeWeb, tableRuntimeOf } from "../../runtime/index.ts";
import type { ArtifactFormat, ModelArtifact } from "./model-artifact.ts";
import { sliceRows, tensorOf, type ModelRows, type RowInput } from "./model-row.ts";
import { codesOf } from "./text-code.ts";
import { openTexts } from "./text-session.ts";
import { classicInterpreter, coreMlInterpreter } from "./core-ml.ts";

/** Numbers of each output, rows behind each other. */
export type Answers = Readonly<Record<string, Float64Array>>;

/** An artifact that a runtime has loaded. */
export interface OpenArtifact {
  /** Names of the graph's outputs that it gives and that are numbers. */
  readonly outputs: readonly string[];
  /** What it answers to some rows at once. */
  answer(rows: ModelRows, outputs: readonly string[]): Promise<Answers>;
  close(): Promise<void>;
}

/** What an artifact is opened with besides its files. */
export interface OpenContext {
  readonly inputs: readonly RowInput[];
  /** The graph as ONNX, whose ends a translated artifact has. */
  readonly graph: Uint8Array;
  /** Numbers of a row by output, where they are known. */
  readonly widths?: Readonly<Record<string, number>>;
  /** Whether each row is a run of its own, though inputs count rows: {@link isRowAlone}. */
  readonly alone?: boolean;
}

/** A runtime of the matrix: which formats it runs, and how it opens one. */
export interface ArtifactRuntime {
  readonly name: string;
  readonly formats: readonly ArtifactFormat[];
  open(artifact: ModelArtifact, context: OpenContext): Promise<OpenArtifact>;
}

/** The feeds of a file's own inputs. */
function feedsOf(
  { kind, dictionaries = {}, report }: ModelArtifact,
  declared: readonly TensorDeclaration[],
  rows: ModelRows,
): Readonly<Record<string, RuntimeTensor>> {
  const { inputs: ends = [] } = (report ?? {}) as Partial<Pick<LitertReport, "inputs">>;
  return Object.fromEntries(
    declared.map(({ name, elementType, dims }) => {
      const half = ends.find((end) => end.name === name && end.lowOf !== undefined);
      const given = rows.inputs[half?.lowOf ?? name];
      if (given === undefined)
        throw tidelineError("MODEL_UNSUPPORTED", {
          who: `artifact ${kind}`,
          field: `input "${name}"`,
          expected: `one of the graph's inputs ${Object.keys(rows.inputs).join(", ")}`,
          received: "another",
        });
      const texts = typeof given[0] === "string";
      const numbers = texts
        ? codesOf(dictionaries[name] ?? [], given as readonly string[])
        : (given as ArrayLike<number>);
      const shape = dims.map((dim) => (typeof dim === "number" && dim >= 0 ? dim : rows.count));
      // What single precision leaves of a number of double precision comes in beside it.
      if (half !== undefined) {
        const feed = { [half.lowOf!]: { dims: shape, values: numbers } };
        return [name, litertFeed({ inputs: [half] }, feed)[name] as RuntimeTensor];
      }
      return [name, tensorOf(elementType as ElementType, shape, numbers)];
    }),
  );
}

const numbersOf = (values: RuntimeTensor["values"]): Float64Array =>
  Float64Array.from(values as ArrayLike<number | bigint>, Number);

/**
 * A runtime of graphs as one of the matrix.
 *
 * @param of the bytes that it loads, of an artifact; its file by default
 */
export function graphArtifactRuntime(
  runtimeOf: (artifact: ModelArtifact) => GraphRuntime,
  { name, formats }: Pick<ArtifactRuntime, "name" | "formats">,
  of: (artifact: ModelArtifact, context: OpenContext) => Uint8Array = ({ files }) => files[0]!.bytes,
): ArtifactRuntime {
  return Object.freeze({
    name,
    formats,
    async open(artifact: ModelArtifact, context: OpenContext) {
      const graph = await runtimeOf(artifact).load(of(artifact, context));
      return Object.freeze({
        outputs: graph.outputs
          .filter(({ elementType }) => elementType !== "string")
          .map((output) => output.name),
        async answer(rows: ModelRows, outputs: readonly string[]) {
          const results = await graph.run(feedsOf(artifact, graph.inputs, rows), outputs);
          return Object.fromEntries(outputs.map((output) => [output, numbersOf(results[output]!.values)]));
        },
        close: () => graph.release(),
      });
    },
  });
}

/** A build of ONNX Runtime, which takes texts as they are. */
function onnxRow(runtime: GraphRuntime, module: Parameters<typeof openTexts>[0]): ArtifactRuntime {
  const ends = { name: runtime.name, formats: ["onnx", "ort"] as const };
  const numeric = graphArtifactRuntime(() => runtime, ends);
  return Object.freeze({
    ...ends,
    open: (artifact: ModelArtifact, context: OpenContext) =>
      context.inputs.some(({ elementType }) => elementType === "string")
        ? openTexts(module, artifact.files[0]!.bytes, context.inputs)
        : numeric.open(artifact, context),
  });
}

/** Every runtime that there is on this machine: another one is another row. The first runs the reference. */
export const ARTIFACT_RUNTIMES: readonly ArtifactRuntime[] = Object.freeze([
  onnxRow(onnxruntimeNode, () => import("onnxruntime-node")),
  onnxRow(onnxruntimeWeb, () => import("onnxruntime-web")),
  graphArtifactRuntime(() => litertRuntime, { name: litertRuntime.name, formats: ["tflite"] }),
  graphArtifactRuntime(
    ({ files }) => tableRuntimeOf(() => files[0]!.bytes),
    { name: "predict", formats: ["table"] },
    (_, { graph }) => graph,
  ),
  coreMlInterpreter,
  classicInterpreter,
]);

/** Rows that go through a graph at once: about 1 MB of samples of a window. */
const BATCH = 256;

/** Answers to all rows, a batch at a time; one at a time where the graph holds for one row, or an output counts none. */
export async function answersTo(
  open: OpenArtifact,
  { inputs, alone = false }: OpenContext,
  rows: ModelRows,
  outputs: readonly string[],
): Promise<Answers> {
  const step = !alone && inputs.every((input) => input.open) ? BATCH : 1;
  const parts: Answers[] = [];
  for (let from = 0; from < rows.count; from += step)
    parts.push(await open.answer(sliceRows(inputs, rows, from, from + step), outputs));
  return Object.fromEntries(
    outputs.map((name) => {
      const joined = new Float64Array(parts.reduce((sum, part) => sum + part[name]!.length, 0));
      let at = 0;
      for (const part of parts) {
        joined.set(part[name]!, at);
        at += part[name]!.length;
      }
      return [name, joined] as const;
    }),
  );
}

import { LOSSLESS_PASSES, optimise, writeOnnx, writeTable, type OnnxModel } from "@tideline/graph";
import type { MlProgramPrecision } from "@tideline/graph/coreml";
import { writeLitert, type LitertPrecision } from "@tideline/graph/litert";
import { TABLE_VERSION } from "@tideline/predict";
import { tidelineError } from "@tideline/spec";
import {
  digestOf,
  type ArtifactFile,
  type ArtifactFormat,
  type ArtifactMade,
  type ArtifactNumbers,
  type ArtifactSource,
  type MissingArtifact,
  type ModelArtifact,
} from "./model-artifact.ts";
import { codedGraph } from "./coded-graph.ts";
import { makeClassic, makeProgram } from "./core-ml.ts";
import { interpreterFeeds, sliceRows } from "./model-row.ts";
import { writeOrt } from "./write-ort.ts";

/** A row of the table of kinds. */
interface ArtifactKind {
  readonly format: ArtifactFormat;
  readonly numbers: ArtifactNumbers;
  /** What it is, in few words. */
  readonly about: string;
  readonly make: (source: ArtifactSource) => ArtifactMade | Promise<ArtifactMade>;
}

const whole = (reason: string, instead?: string): ArtifactMade => ({
  ok: false,
  reasons: [{ node: "", op: "", reason, ...(instead === undefined ? {} : { instead }) }],
});

const one = (path: string, bytes: Uint8Array): readonly ArtifactFile[] => [{ path, bytes }];

/** Whether a graph casts constants of four bits, which ONNX Runtime does from 1.23 on. */
function castsNibbles({ graph: { initializers, nodes } }: OnnxModel): boolean {
  const nibbles = new Set(
    initializers.filter(({ elementType }) => /^u?int4$/u.test(elementType)).map(({ name }) => name),
  );
  return nodes.some(({ op, inputs }) => op === "Cast" && nibbles.has(inputs[0]!));
}

/** The first releases of ONNX Runtime by the opset that they read (onnxruntime.ai, versioning). */
function oldestOnnxRuntime(model: OnnxModel): string {
  const opset = model.opsets.find(({ domain }) => domain === "")?.version ?? 0;
  const releases: readonly (readonly [opset: number, release: string])[] = [
    [15, "1.10"],
    [16, "1.11"],
    [17, "1.12"],
    [18, "1.14"],
    [19, "1.15"],
    [20, "1.17"],
    [21, "1.18"],
    [22, "1.20"],
    [23, "1.22"],
    [24, "1.24"],
  ];
  if (opset <= 23 && castsNibbles(model)) return "ONNX Runtime 1.23";
  const first = releases.find(([most]) => opset <= most);
  return first === undefined ? `one that reads opset ${opset}` : `ONNX Runtime ${first[1]}`;
}

/** Rows of calibration one by one, as writers want them. */
function calibrationOf({ model, calibration }: ArtifactSource) {
  const coded = codedGraph(model);
  if (calibration === undefined || coded === undefined) return [];
  const rows = coded.rowsOf(calibration);
  return Array.from({ length: rows.count }, (_, row) =>
    interpreterFeeds(coded.inputs, sliceRows(coded.inputs, rows, row, row + 1)),
  );
}

function litert(precision: LitertPrecision, numbers: ArtifactNumbers, about: string): ArtifactKind {
  const suffix = precision === "float32" ? "" : `.${precision}`;
  return {
    format: "tflite",
    numbers,
    about,
    make: (source) => {
      if (precision === "int8" && source.calibration === undefined)
        return whole(
          "8 bits throughout need rows that tell the ranges of values",
          "rows of the model's inputs, 20 or more",
        );
      const made = writeLitert(source.model, {
        precision,
        ...(precision === "int8" && { calibration: { rows: calibrationOf(source) } }),
      });
      if (!made.ok) return made;
      const { dictionaries, runtime } = made.report;
      return {
        ok: true,
        files: one(`${source.name}${suffix}.tflite`, made.bytes),
        oldest: `TensorFlow Lite ${runtime}`,
        report: made.report,
        ...(dictionaries && { dictionaries }),
      };
    },
  };
}

const program = (precision: MlProgramPrecision, numbers: ArtifactNumbers, about: string): ArtifactKind => ({
  format: "mlpackage",
  numbers,
  about,
  make: (source) => makeProgram(source, precision),
});

/** Every kind of file that a model comes in: another one is another row. */
export const ARTIFACT_KINDS = {
  onnx: {
    format: "onnx",
    numbers: "exact",
    about: "the graph, float32",
    make: ({ model, name }) => ({
      ok: true,
      files: one(`${name}.onnx`, writeOnnx(model)),
      oldest: oldestOnnxRuntime(model),
    }),
  },
  "onnx-float16": {
    format: "onnx",
    numbers: "float16",
    about: "weights of 16 bits, widened when loaded",
    make: ({ model, name }) => {
      const coded = codedGraph(model);
      if (coded === undefined) return whole("it reads texts otherwise than by looking them up", "onnx");
      const { model: halved, passes } = optimise(coded.model, { passes: [...LOSSLESS_PASSES, "float16"] });
      const pass = passes.find(({ name: own }) => own === "float16");
      if (pass?.refused === true) return whole(`float16 moves an output by ${pass.difference}`, "onnx");
      if (pass?.rewrites === 0) return whole("no weights that would be smaller", "onnx");
      const half = coded.withTexts(halved);
      return {
        ok: true,
        files: one(`${name}.float16.onnx`, writeOnnx(half)),
        oldest: oldestOnnxRuntime(half),
      };
    },
  },
  "onnx-int8": {
    format: "onnx",
    numbers: "int8",
    about: "layers in 8 bits",
    make: ({ quantised, name }) =>
      quantised === undefined
        ? whole(
            "it is made of a graph whose layers are quantised, and none is given",
            "layers that quantise (@tideline/graph/compress) takes, and rows that tell their ranges",
          )
        : {
            ok: true,
            files: one(`${name}.int8.onnx`, writeOnnx(quantised)),
            oldest: oldestOnnxRuntime(quantised),
          },
  },
  ort: {
    format: "ort",
    numbers: "exact",
    about: "ONNX Runtime's own format, for its reduced builds",
    make: async ({ model, name }) => {
      const made = await writeOrt(model);
      if ("reasons" in made) return { ok: false, reasons: made.reasons };
      return {
        ok: true,
        files: one(`${name}.ort`, made.bytes),
        oldest: oldestOnnxRuntime(model),
        ...(made.asWritten !== undefined && { report: { asWritten: made.asWritten } }),
      };
    },
  },
  tflite: litert("float32", "exact", "LiteRT, float32"),
  "tflite-float16": litert("float16", "float16", "LiteRT, weights of 16 bits"),
  "tflite-dynamic-int8": litert(
    "dynamic-int8",
    "int8",
    "LiteRT, weights of 8 bits, inputs of layers rounded",
  ),
  "tflite-int8": litert("int8", "int8", "LiteRT, 8 bits throughout"),
  table: {
    format: "table",
    numbers: "exact",
    about: "the compact table that @tideline/predict runs anywhere",
    make: ({ model, name, labels }) => {
      const made = writeTable(model.graph, labels === undefined ? {} : { labels });
      if (!made.ok) return made;
      return {
        ok: true,
        files: one(`${name}.tlm`, made.bytes),
        oldest: `table version ${TABLE_VERSION}: any JavaScript engine`,
      };
    },
  },
  mlmodel: {
    format: "mlmodel",
    numbers: "exact",
    about: "Core ML's classic form: trees and linear models",
    make: makeClassic,
  },
  mlpackage: program("float32", "exact", "Core ML, an ML Program of float32"),
  "mlpackage-float16": program("float16", "float16", "Core ML, computed in 16 bits"),
  "mlpackage-int8": program("int8", "int8", "Core ML, weights of 8 bits"),
  "mlpackage-palettised": program("palettised", "int8", "Core ML, weights from a table of 16 numbers"),
} as const satisfies Record<string, ArtifactKind>;

/** The name of a kind. */
export type ArtifactKindName = keyof typeof ARTIFACT_KINDS;

const KINDS: Readonly<Record<string, ArtifactKind>> = ARTIFACT_KINDS;

/** The digest of an artifact's files, whatever the folder is called that they stand in. */
const contentsOf = (files: readonly ArtifactFile[]): string =>
  digestOf(files.map(({ path, bytes }) => ({ path: path.slice(path.indexOf("/") + 1), bytes })));

/** What a model came in, and what not. */
export interface ModelArtifacts {
  readonly made: readonly ModelArtifact[];
  readonly missing: readonly MissingArtifact[];
}

/**
 * Makes a model's artifacts: of each kind its files, or every reason why there are none. The same model gives the same bytes: of `ort`,
 * unless its report has `asWritten` ({@link writeOrt}).
 *
 * @param kinds all of {@link ARTIFACT_KINDS} by default
 * @throws `ARGUMENT_INVALID` for a kind that is none, `GRAPH_ILLEGAL` for a graph that does not hold.
 *
 * @example
 * const { made, missing } = await makeArtifacts({ model, name: "gym" }, ["onnx", "tflite", "table"]);
 */
export async function makeArtifacts(
  source: ArtifactSource,
  kinds: readonly string[] = Object.keys(ARTIFACT_KINDS),
): Promise<ModelArtifacts> {
  const made: ModelArtifact[] = [];
  const missing: MissingArtifact[] = [];
  for (const kind of new Set(kinds)) {
    if (!Object.hasOwn(KINDS, kind))
      throw tidelineError("ARGUMENT_INVALID", {
        who: "artifacts",
        field: "kind",
        expected: Object.keys(KINDS).join(", "),
        received: kind,
      });
    const { format, numbers, make } = KINDS[kind]!;
    const result = await make(source);
    if (!result.ok) {
      missing.push(Object.freeze({ kind, reasons: result.reasons }));
      continue;
    }
    const { ok: _, ...rest } = result;
    const sha256 = digestOf(rest.files);
    const contents = contentsOf(rest.files);
    const twin = made.find((one) => contentsOf(one.files) === contents);
    if (twin !== undefined) {
      const reason = `the same file as ${twin.kind}: nothing in it is smaller so`;
      missing.push(Object.freeze({ kind, reasons: [{ node: "", op: "", reason, instead: twin.kind }] }));
      continue;
    }
    const size = rest.files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    made.push(Object.freeze({ kind, format, numbers, size, sha256, ...rest }));
  }
  return Object.freeze({ made: Object.freeze(made), missing: Object.freeze(missing) });
}

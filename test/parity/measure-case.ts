import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  textLookups,
  writeOnnx,
  writeSource,
  type OnnxModel,
  type SourceLanguage,
  type SourceVectors,
} from "@tideline/graph";
import {
  codedGraph,
  makeArtifacts,
  onnxruntimeNode,
  parityMatrix,
  rowInputs,
  type ArtifactReason,
  type ModelArtifact,
  type ModelArtifacts,
  type ModelRows,
  type ParityCell,
  type ParityMatrix,
} from "@tideline/pipeline";
import { quantisedModel } from "../../packages/cli/src/command/export-quantised.ts";
import { chromiumPath } from "../../scripts/chromium.ts";
import { checkCoreml, hasCoremlPython } from "../coreml/python-coreml.ts";
import { runChromiumLitert } from "../litert/chromium-litert.ts";
import { runLitert, complaints as nodeComplaints, type LitertFeed } from "../litert/node-litert.ts";
import { hasLitertPython, runPythonLitert } from "../litert/python-litert.ts";
import { hasGcc, runC, runTypeScript } from "../source/run-source.ts";
import { evenly, picked, type RealCase } from "./real-case.ts";

/** Rows that the interpreters of Core ML compute of nets and signals: some milliseconds each. */
const SLOW_ROWS = 100;

/** Rows that are given to runtimes in other processes, and to source as a self-test. */
const [OTHER_ROWS, SOURCE_ROWS] = [64, 100];

/** What one file did in a runtime that is no part of the matrix: the largest difference of a number from ONNX Runtime's. */
export interface OtherRun {
  readonly artifact: string;
  readonly runtime: string;
  readonly rows: number;
  readonly difference: number;
}

/** A case through everything that there is. */
export interface CaseFigures {
  readonly name: string;
  readonly matrix: ParityMatrix;
  /** All cells: of interpreters of Core ML over fewer rows where there are no trees. */
  readonly cells: readonly ParityCell[];
  readonly missing: readonly { readonly kind: string; readonly reasons: readonly ArtifactReason[] }[];
  /** Files of LiteRT in Python and in Chromium. */
  readonly others: readonly OtherRun[];
  /** What LiteRT said of a file, in Node, Python and Chromium. */
  readonly complaints: readonly string[];
  /** What coremltools does not load or check. */
  readonly unloaded: readonly string[];
  readonly coremltools: number;
  /** Rows on which source in a language differs from ONNX Runtime; the reason where none is written. */
  readonly source: Readonly<Record<string, { readonly rows: number; readonly differ: number } | string>>;
}

const isSlow = ({ format }: ModelArtifact): boolean => format === "mlpackage" || format === "mlmodel";

/** All artifacts of a case, of 8 bits too. */
export async function caseArtifacts({ model, classes, calibration }: RealCase): Promise<ModelArtifacts> {
  const quantised = await quantisedModel(model, calibration);
  return makeArtifacts({
    model,
    name: "model",
    labels: classes,
    calibration,
    ...(quantised && { quantised }),
  });
}

/** The matrix over all held-out rows, Core ML's interpreters over some where they are slow. */
async function matricesOf(
  { model, heldOut, labels }: RealCase,
  { made, missing }: ModelArtifacts,
): Promise<readonly ParityMatrix[]> {
  const of = (kept: (artifact: ModelArtifact) => boolean, rows: ModelRows, own: ArrayLike<number>) =>
    parityMatrix({
      model,
      artifacts: { made: made.filter(kept), missing },
      heldOut: rows,
      labels: own,
      timedRows: 1,
    });
  const all = await of((artifact) => !isSlow(artifact), heldOut, labels);
  if (!made.some(isSlow)) return [all];
  const places = all.trees ? evenly(heldOut.count, heldOut.count) : evenly(heldOut.count, SLOW_ROWS);
  const some = await of(
    (artifact) => artifact.kind === "onnx" || isSlow(artifact),
    picked(heldOut, places),
    places.map((at) => labels[at]!),
  );
  return [all, some];
}

/** Feeds of a LiteRT file, a row each: inputs of a matrix of numbers and codes. */
function litertFeeds(model: OnnxModel, rows: ModelRows): readonly Readonly<Record<string, LitertFeed>>[] {
  const coded = codedGraph(model)!;
  const { inputs } = coded.rowsOf(rows);
  return Array.from({ length: rows.count }, (_, row) =>
    Object.fromEntries(
      coded.inputs.map(({ name, width, dims, elementType }) => {
        const own = Array.prototype.slice.call(inputs[name]!, row * width, (row + 1) * width) as number[];
        const values = elementType === "float32" ? Float32Array.from(own) : Int32Array.from(own);
        return [name, { dims: [1, ...dims], values }];
      }),
    ),
  );
}

/** ONNX Runtime's answers to some rows, by output. */
async function reference(
  model: OnnxModel,
  rows: ModelRows,
): Promise<Readonly<Record<string, ArrayLike<number>>>> {
  const coded = codedGraph(model)!;
  const graph = await onnxruntimeNode.load(writeOnnx(coded.model));
  const given = coded.rowsOf(rows).inputs;
  const feeds = coded.inputs.map(({ name, dims, elementType }) => {
    const values =
      elementType === "float32"
        ? Float32Array.from(given[name] as ArrayLike<number>)
        : BigInt64Array.from(given[name] as readonly number[], BigInt);
    return [name, { dims: [rows.count, ...dims], values }] as const;
  });
  const outputs = coded.model.graph.outputs.map(({ name }) => name);
  const results = await graph.run(Object.fromEntries(feeds), outputs);
  await graph.release();
  return Object.fromEntries(outputs.map((name) => [name, Array.from(results[name]!.values, Number)]));
}

/** The largest difference of some rows' answers, a run each, from those of the reference. */
function farthest(
  runs: readonly Readonly<Record<string, ArrayLike<number | string>>>[],
  right: ArrayLike<number>,
  output: string,
): number {
  const found = runs.flatMap((run) => Array.from(run[output]!, Number));
  if (found.length !== right.length) return Infinity;
  return found.reduce((most, value, at) => Math.max(most, Math.abs(value - right[at]!)), 0);
}

/** Each `.tflite` on Python's LiteRT, and on Chromium's beside Node's, whose bits it must give. */
async function otherLitert(
  { model, heldOut }: RealCase,
  made: readonly ModelArtifact[],
): Promise<Pick<CaseFigures, "others" | "complaints">> {
  const rows = picked(heldOut, evenly(heldOut.count, OTHER_ROWS));
  const feeds = litertFeeds(model, rows);
  const files = made.filter(({ format }) => format === "tflite");
  const cases = files.map(({ files: [file] }) => ({ bytes: file!.bytes, feeds }));
  const output = model.graph.outputs[0]!.name;
  const right = (await reference(model, rows))[output]!;
  const others: OtherRun[] = [];
  const complaints: string[] = [];
  if (hasLitertPython()) {
    const python = await runPythonLitert(cases);
    complaints.push(...python.complaints);
    for (const [at, answer] of python.answers.entries()) {
      const runs = "error" in answer ? [] : answer.map((run) => ({ [output]: run[output]!.values }));
      if ("error" in answer) complaints.push(answer.error);
      const difference = farthest(runs, right, output);
      others.push({ artifact: files[at]!.kind, runtime: "litert-python", rows: rows.count, difference });
    }
  }
  const node = await Promise.all(cases.map(({ bytes }) => runLitert(bytes, feeds)));
  if (chromiumPath() !== undefined) {
    const chromium = await runChromiumLitert(cases);
    complaints.push(...chromium.complaints);
    for (const [at, runs] of chromium.answers.entries()) {
      const difference = farthest(runs, right, output);
      others.push({ artifact: files[at]!.kind, runtime: "litert-chromium", rows: rows.count, difference });
      const own = node[at]!.flatMap((run) => Array.from(run[output]!, Number));
      if (farthest(runs, own, output) !== 0)
        complaints.push(`${files[at]!.kind}: Chromium's answers are not Node's`);
    }
  }
  return { others, complaints: [...complaints, ...nodeComplaints.splice(0)] };
}

/** Held-out rows as a self-test of source, with ONNX Runtime's answers. */
async function heldVectors(model: OnnxModel, rows: ModelRows): Promise<SourceVectors> {
  const outputs = await reference(model, rows);
  const inputs = Object.entries(rows.inputs).map(([name, values]) => [
    name,
    Array.from(values as ArrayLike<number | string>, (value) => (value === "" ? null : value)),
  ]);
  return {
    inputs: Object.fromEntries(inputs) as SourceVectors["inputs"],
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Array.from(values)])),
    count: rows.count,
  };
}

/** Source in C and TypeScript, run on held-out rows; Kotlin and Swift come of the same lowering. */
async function sourceFigures({ model, heldOut }: RealCase): Promise<CaseFigures["source"]> {
  const { model: coded, dictionaries } = textLookups(model);
  const wide = rowInputs(coded).reduce((sum, { width }) => sum + width, 0);
  const rows = picked(heldOut, evenly(heldOut.count, wide > 1000 ? SOURCE_ROWS / 10 : SOURCE_ROWS));
  const vectors = await heldVectors(model, rows);
  const found: Record<string, CaseFigures["source"][string]> = {};
  for (const language of ["c", "typescript"] as const satisfies readonly SourceLanguage[]) {
    if (language === "c" && !hasGcc) continue;
    const written = writeSource(coded, { language, name: "RealCase", vectors, dictionaries });
    if (written.files.length === 0) {
      found[language] = [...new Set(written.unwritten!.map(({ op, reason }) => `${op}: ${reason}`))].join(
        "; ",
      );
      continue;
    }
    const folder = mkdtempSync(join(tmpdir(), "tideline-parity-"));
    try {
      const differ =
        language === "c"
          ? runC(written.files, folder).length - 1
          : (await runTypeScript(written.files, folder, "RealCase")).length;
      found[language] = { rows: rows.count, differ };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return found;
}

/** Every artifact of a case through every runtime that is here. */
export async function measureCase(real: RealCase): Promise<CaseFigures> {
  const artifacts = await caseArtifacts(real);
  const [all, some] = await matricesOf(real, artifacts);
  const apple = artifacts.made.filter(isSlow);
  const verdicts = hasCoremlPython()
    ? await checkCoreml(
        apple.map(({ format, files }) =>
          format === "mlmodel"
            ? files[0]!.bytes
            : files.map(({ path, bytes }) => ({ path: path.slice(path.indexOf("/") + 1), bytes })),
        ),
      )
    : [];
  return {
    name: real.name,
    matrix: all!,
    cells: [...all!.cells, ...(some?.cells ?? []).filter(({ artifact }) => artifact.startsWith("ml"))],
    missing: artifacts.missing,
    ...(await otherLitert(real, artifacts.made)),
    unloaded: verdicts.flatMap((verdict, at) =>
      "error" in verdict ? [`${apple[at]!.kind}: ${verdict.error}`] : [],
    ),
    coremltools: verdicts.length,
    source: await sourceFigures(real),
  };
}

import {
  checkClassicForm,
  interpretClassic,
  readClassicForm,
  readProgram,
  runProgram,
  writeMlModel,
  writeMlProgram,
  type ClassicFeature,
  type ClassicRow,
  type MlModelReport,
  type MlProgramPrecision,
  type MlProgramReport,
} from "@tideline/graph/coreml";
import type { ArtifactRuntime, OpenContext } from "./artifact-runtime.ts";
import { codesOf } from "./text-code.ts";
import type { ArtifactMade, ArtifactSource, ModelArtifact } from "./model-artifact.ts";
import type { ModelRows } from "./model-row.ts";

/**
 * A graph as an ML Program: the files of a `.mlpackage`. With labels it is a classifier, of one row at a time, where an output has a
 * number for each.
 */
export function makeProgram(
  { model, name, labels }: ArtifactSource,
  precision: MlProgramPrecision,
): ArtifactMade {
  const named = labels && writeMlProgram(model, { precision, name, labels });
  const made = named?.ok === true ? named : writeMlProgram(model, { precision, name });
  if (!made.ok) return made;
  const suffix = precision === "float32" ? "" : `.${precision}`;
  const folder = `${name}${suffix}.mlpackage`;
  const { dictionaries, oldest } = made.report;
  return {
    ok: true,
    files: made.files.map(({ path, bytes }) => ({ path: `${folder}/${path}`, bytes })),
    oldest,
    report: made.report,
    ...(dictionaries && { dictionaries }),
  };
}

/** Shape of an end, as the report tells it: `float32[1, 9]`. */
function dimsOf(type: string): readonly number[] {
  return type
    .slice(type.indexOf("[") + 1, -1)
    .split(",")
    .filter((dim) => dim.trim() !== "")
    .map(Number);
}

/**
 * ML Programs on an interpreter that shares no code with their writer: no Apple system runs here, and what those round
 * otherwise is not seen.
 */
export const coreMlInterpreter: ArtifactRuntime = Object.freeze({
  name: "coreml-interpreter",
  formats: ["mlpackage"] as const,
  async open({ files, report, dictionaries = {} }: ModelArtifact) {
    const { inputs, outputs, flexible } = report as MlProgramReport;
    // Paths within the package.
    const own = files.map(({ path, bytes }) => ({ path: path.slice(path.indexOf("/") + 1), bytes }));
    const program = readProgram(own);
    // A classifier's label and shares are no outputs of the graph.
    const nameOf = new Map(
      outputs.flatMap(({ name, graphName }) => (graphName === "" ? [] : [[graphName, name] as const])),
    );
    const feedsOf = (rows: ModelRows, at: number, count: number) =>
      Object.fromEntries(
        inputs.map(({ name, graphName, type }) => {
          const all = rows.inputs[graphName]!;
          const width = all.length / rows.count;
          const given = Array.prototype.slice.call(all, at * width, (at + count) * width) as
            | string[]
            | number[];
          const values =
            typeof given[0] === "string"
              ? codesOf(dictionaries[graphName] ?? [], given as readonly string[])
              : (given as readonly number[]);
          const [, ...rest] = dimsOf(type);
          return [name, { dims: flexible ? [count, ...rest] : dimsOf(type), values }];
        }),
      );
    return Object.freeze({
      outputs: [...nameOf.keys()],
      async answer(rows: ModelRows, wanted: readonly string[]) {
        const step = flexible ? rows.count : 1;
        const parts = Array.from({ length: rows.count / step }, (_, part) =>
          runProgram(program, feedsOf(rows, part * step, step)),
        );
        return Object.fromEntries(
          wanted.map((name) => {
            const values = parts.flatMap((answers) => {
              const found = answers[nameOf.get(name) ?? name];
              return found !== undefined && "values" in found ? [...found.values] : [];
            });
            return [name, Float64Array.from(values)];
          }),
        );
      },
      close: async () => {},
    });
  },
});

/** A graph of trees or a linear model in the classic form. */
export function makeClassic({ model, name, labels }: ArtifactSource): ArtifactMade {
  const made = writeMlModel(model, labels === undefined ? {} : { labels });
  if (!made.ok) return made;
  return {
    ok: true,
    files: [{ path: `${name}.mlmodel`, bytes: made.bytes }],
    oldest: made.report.runtime,
    report: made.report,
  };
}

/** What a classic file says of one output of the graph: scores in their order, or the number of a class. */
function answerNumbers(
  row: ClassicRow,
  { outputs, labels, answers }: MlModelReport,
  output: string,
  width: number,
): readonly number[] {
  if (labels === undefined) {
    const value = row[outputs[0]!.name];
    return typeof value === "number" ? [value] : ((value ?? [Number.NaN]) as readonly number[]);
  }
  const told = Object.values(row);
  if (Object.hasOwn(answers.classes, output))
    return [answers.classes[output]![labels.findIndex((label) => told.includes(label))] ?? Number.NaN];
  const shares = told.find((value) => value instanceof Map) as ReadonlyMap<string | number, number>;
  const all = labels.map((label) => shares?.get(label) ?? Number.NaN);
  // Of two classes a graph may tell the share of the second alone.
  return width === 1 && all.length === 2 ? [all[1]!] : all;
}

/** Classic files on an interpreter of their own: of the graph's outputs they have scores and classes. */
export const classicInterpreter: ArtifactRuntime = Object.freeze({
  name: "coreml-classic-interpreter",
  formats: ["mlmodel"] as const,
  async open(artifact: ModelArtifact, { inputs, widths = {} }: OpenContext) {
    const report = artifact.report as MlModelReport;
    const form = readClassicForm(artifact.files[0]!.bytes);
    checkClassicForm(form);
    return Object.freeze({
      outputs: [report.answers.scores, ...Object.keys(report.answers.classes)],
      async answer(rows: ModelRows, wanted: readonly string[]) {
        const answers = Array.from({ length: rows.count }, (_, row) => {
          const given = inputs.map(({ name, width: own }) => {
            const values = Array.prototype.slice.call(
              rows.inputs[name]!,
              row * own,
              (row + 1) * own,
            ) as ClassicFeature[];
            return [name, own === 1 ? values[0]! : (values as unknown as readonly number[])] as const;
          });
          return interpretClassic(form, Object.fromEntries(given));
        });
        return Object.fromEntries(
          wanted.map((output) => [
            output,
            Float64Array.from(
              answers.flatMap((row) => answerNumbers(row, report, output, widths[output] ?? 1)),
            ),
          ]),
        );
      },
      close: async () => {},
    });
  },
});

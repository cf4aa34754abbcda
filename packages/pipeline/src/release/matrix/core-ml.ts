import {
  interpretProgram,
  writeMlProgram,
  type MlProgramPrecision,
  type MlProgramReport,
} from "@tideline/graph/coreml";
import { tidelineError } from "@tideline/spec";
import type { ArtifactRuntime } from "./artifact-runtime.ts";
import { codesOf } from "./text-code.ts";
import type { ArtifactMade, ArtifactSource, ModelArtifact } from "./model-artifact.ts";
import type { ModelRows } from "./model-row.ts";

/** A graph as an ML Program: the files of a `.mlpackage`. */
export function makeProgram(source: ArtifactSource, precision: MlProgramPrecision): ArtifactMade {
  const made = writeMlProgram(source.model, { precision, name: source.name });
  if (!made.ok) return made;
  const suffix = precision === "float32" ? "" : `.${precision}`;
  const folder = `${source.name}${suffix}.mlpackage`;
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
    const nameOf = new Map(outputs.map(({ name, graphName }) => [graphName, name]));
    const feedsOf = (rows: ModelRows) =>
      Object.fromEntries(
        inputs.map(({ name, graphName, type }) => {
          const given = rows.inputs[graphName]!;
          const values =
            typeof given[0] === "string"
              ? codesOf(dictionaries[graphName] ?? [], given as readonly string[])
              : (given as ArrayLike<number>);
          const [, ...rest] = dimsOf(type);
          return [name, { dims: flexible ? [rows.count, ...rest] : dimsOf(type), values }];
        }),
      );
    return Object.freeze({
      outputs: [...nameOf.keys()],
      async answer(rows: ModelRows, wanted: readonly string[]) {
        if (!flexible && rows.count > 1)
          throw tidelineError("ARGUMENT_INVALID", {
            who: "Core ML",
            expected: "one row",
            received: `${rows.count}`,
          });
        const answers = interpretProgram(own, feedsOf(rows));
        return Object.fromEntries(
          wanted.map((name) => {
            const found = answers[nameOf.get(name) ?? name];
            return [name, found !== undefined && "values" in found ? found.values : new Float64Array(0)];
          }),
        );
      },
      close: async () => {},
    });
  },
});

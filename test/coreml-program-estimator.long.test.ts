import type { OnnxModel } from "@tideline/graph";
import {
  checkProgram,
  writeMlProgram,
  type MlProgramOptions,
  type PackageFile,
} from "@tideline/graph/coreml";
import { seededRandom } from "@tideline/learn";
import { describe, expect, test } from "vitest";
import { farFrom, type Feed } from "./coreml/compare-program.ts";
import { checkCoreml, hasCoremlPython } from "./coreml/python-coreml.ts";
import { estimatorGraphs, signalGraph } from "./litert/suite-estimator.ts";
import { imageNet, tokenNet, windowNet } from "./litert/suite-net.ts";
import { transformGraphs } from "./litert/suite-transform.ts";

interface Case {
  readonly name: string;
  readonly model: OnnxModel;
  readonly feeds: readonly Feed[];
}

/** Rows that were made up: usual numbers, some missing where the graph takes missing ones, integers within their limits. */
function rowsOf(
  model: OnnxModel,
  count: number,
  seed: number,
  missing: number,
  limits: Readonly<Record<string, readonly [number, number]>>,
): Feed {
  const random = seededRandom(seed);
  return Object.fromEntries(
    model.graph.inputs.map(({ name, dims, elementType }) => {
      const shape = dims.map((dim) => (typeof dim === "string" ? count : dim));
      const [low, high] = limits[name] ?? [-1, 3];
      const draw = (): number => {
        if (elementType === "bool") return random.integer(2);
        if (elementType === "uint8") return random.integer(256);
        if (elementType !== "float32") return low + random.integer(high - low + 1);
        return random.uniform() < missing ? Number.NaN : Math.fround(1 + 2 * random.normal());
      };
      return [name, { dims: shape, values: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw) }];
    }),
  );
}

async function netCases(): Promise<readonly Case[]> {
  const made = [windowNet(), imageNet(), tokenNet(), signalGraph().model].map((model) => ({
    name: model.graph.name,
    model,
    limits: { ids: [0, 299] as const },
  }));
  return [...(await estimatorGraphs()), ...made].map(({ name, model, limits = {} }) => ({
    name,
    model,
    feeds: [rowsOf(model, 1, 1, 0, limits), rowsOf(model, 3, 2, 0, limits)],
  }));
}

const transformCases = (): readonly Case[] =>
  transformGraphs().map(({ name, model }) => ({
    name,
    model,
    feeds: [
      rowsOf(model, 1, 1, 0, {}),
      rowsOf(model, 20, 3, name.startsWith("signalFeatures") ? 0 : 0.1, {}),
    ],
  }));

/** What is written of cases, how far it is from the graphs, and what was refused. */
function written(cases: readonly Case[], options: MlProgramOptions = {}) {
  const refused: Record<string, string> = {};
  const far: Record<string, number> = {};
  const files: Record<string, readonly PackageFile[]> = {};
  for (const { name, model, feeds } of cases) {
    const result = writeMlProgram(model, options);
    if (!result.ok) {
      refused[name] = result.reasons
        .map(({ op, reason, instead }) => `${op}: ${reason}; ${instead}`)
        .join("\n");
      continue;
    }
    expect([name, ...checkProgram(result.files)]).toEqual([name]);
    const batches = result.report.flexible ? feeds : feeds.slice(0, 1);
    far[name] = farFrom(model, result, batches);
    files[name] = result.files;
  }
  return { refused, far, files };
}

const above = (
  far: Readonly<Record<string, number>>,
  bound: number,
): readonly (readonly [string, number])[] => Object.entries(far).filter(([, apart]) => !(apart <= bound));

/** What coremltools does not load. */
async function unloaded(files: Readonly<Record<string, readonly PackageFile[]>>): Promise<readonly string[]> {
  const verdicts = await checkCoreml(Object.values(files));
  return Object.keys(files).flatMap((name, at) => {
    const verdict = verdicts[at]!;
    return "error" in verdict ? [`${name}: ${verdict.error}`] : [];
  });
}

describe("programs say what their graphs say", () => {
  test("of nets, one row and several, in every precision", async () => {
    const cases = await netCases();
    const bounds: readonly (readonly [MlProgramOptions, number])[] = [
      [{ precision: "float32" }, 1e-5],
      [{ precision: "float16" }, 5e-3],
      [{ precision: "int8" }, 5e-2],
      [{ precision: "palettised", colours: 64 }, 5e-2],
      // Coarse: 16 numbers are 4 bits.
      [{ precision: "palettised" }, 0.2],
    ];
    for (const [options, bound] of bounds) {
      const { refused, far, files } = written(cases, options);
      expect(refused).toEqual({});
      expect([options, above(far, bound)]).toEqual([options, []]);
      if (hasCoremlPython()) expect(await unloaded(files)).toEqual([]);
    }
  });

  test("of transforms, with missing numbers", async () => {
    const { refused, far, files } = written(transformCases());
    for (const why of Object.values(refused))
      expect(why).toMatch(/is float64; float32: the app|has no trees; the classic/);
    expect(Object.keys(far).length).toBeGreaterThanOrEqual(66);
    expect(above(far, 1e-5)).toEqual([]);
    if (hasCoremlPython()) expect(await unloaded(files)).toEqual([]);
  });
});

test.skipIf(!hasCoremlPython())("coremltools does not load what is broken", async () => {
  const result = writeMlProgram(windowNet());
  if (!result.ok) throw new Error("refused");
  const [verdict] = await checkCoreml([
    result.files.map((file) => ({
      ...file,
      bytes: file.path.endsWith(".mlmodel") ? file.bytes.subarray(0, -9) : file.bytes,
    })),
  ]);
  expect(verdict).toHaveProperty("error");
});

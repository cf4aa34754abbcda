import { writeOnnx, type OnnxModel } from "@tideline/graph";
import { makeArtifacts } from "./artifact-kind.ts";
import {
  answersTo,
  type Answers,
  type ArtifactRuntime,
  type OpenArtifact,
  type OpenContext,
} from "./artifact-runtime.ts";
import type { CodedGraph } from "./coded-graph.ts";
import { columnScales } from "./compare-answer.ts";
import { openInterpreter } from "./interpreter.ts";
import { rowInputs, sliceRows, type ModelRows, type RowInput } from "./model-row.ts";
import { ROUNDED_COPIES, roundedFeatures } from "./rounded-feature.ts";
import { featuresOf, graphPart, treesOf } from "./tree-bound.ts";

/** What the trees of a graph read and the graph computes, as a graph of its own. */
export interface FeatureGraph {
  readonly model: OnnxModel;
  readonly inputs: readonly RowInput[];
  /** Values that the trees read, by name. */
  readonly names: readonly string[];
}

/** The part of a graph before its trees; undefined where they read its inputs alone. */
export function featureGraph({ model, inputs }: CodedGraph, rows: ModelRows): FeatureGraph | undefined {
  const given = new Set(model.graph.inputs.map(({ name }) => name));
  const names = [...new Set(treesOf(model).map(({ input }) => input))].filter((name) => !given.has(name));
  if (names.length === 0) return undefined;
  const one = sliceRows(inputs, rows, 0, 1);
  const outputs = names.map((name) => ({
    name,
    elementType: "float32" as const,
    dims: ["N", featuresOf(model, name, one).width],
  }));
  const part = graphPart(model, { outputs });
  return Object.freeze({ model: part, inputs: rowInputs(part), names });
}

/** An artifact's own features, as the same writer makes a file of the part before the trees and the same runtime runs it. */
export interface OpenFeatures {
  readonly open: OpenArtifact;
  readonly context: OpenContext;
}

/** Opens the features of a kind of artifact on a runtime; undefined where the part before the trees has no such file. */
export async function openFeatures(
  { model, inputs }: FeatureGraph,
  kind: string,
  runtime: ArtifactRuntime,
): Promise<OpenFeatures | undefined> {
  const context = { inputs, graph: writeOnnx(model) };
  if (kind === "graph") {
    const open = openInterpreter(model);
    return open && { open, context };
  }
  try {
    const { made } = await makeArtifacts({ model, name: "features" }, [kind]);
    return made[0] && { open: await runtime.open(made[0], context), context };
  } catch {
    return undefined;
  }
}

/** Features by the name of the value, `[rows, features]`. */
export const featuresFor = (
  { open, context }: OpenFeatures,
  { names }: FeatureGraph,
  rows: ModelRows,
): Promise<Answers> => answersTo(open, context, rows, names);

/** Standard deviations of features over rows. */
export function featureScales(features: Answers, rows: number): Readonly<Record<string, Float64Array>> {
  return Object.fromEntries(
    Object.entries(features).map(([name, values]) => [name, columnScales(values, values.length / rows)]),
  );
}

/** Of a number of float32 that there is 0, of others which they are. */
const lackOf = (value: number): number => {
  const stored = Math.fround(value);
  return Number.isFinite(stored) ? 0 : stored;
};

/**
 * Whether the features of each row are numbers in the same places by two computations. Where one has a number and the other none, the
 * row has no answer: what the largest of some numbers is beside a missing one, kernels of ONNX Runtime leave to its place,
 * and what overflows they leave to the order in which they add up.
 *
 * @param one features by the name of the value, `[rows, features]`
 */
export function isShared(one: Answers, other: Answers, rows: number): readonly boolean[] {
  return Array.from({ length: rows }, (_, row) =>
    Object.entries(one).every(([name, values]) => {
      const width = values.length / rows;
      const own = values.subarray(row * width, (row + 1) * width);
      return own.every((value, column) =>
        Object.is(lackOf(value), lackOf(other[name]![row * width + column]!)),
      );
    }),
  );
}

/** How far the features of a row are from the graph's own (`own`, of one row) where each number is rounded at random, each the most. */
export function featureReach(graph: FeatureGraph, row: ModelRows, own: Answers, seed: number): Answers {
  const moved = roundedFeatures(graph, row, seed);
  return Object.fromEntries(
    graph.names.map((name) => [
      name,
      own[name]!.map((value, column) =>
        Array.from({ length: ROUNDED_COPIES }, (_, copy) =>
          Math.abs(moved[name]![copy * own[name]!.length + column]! - value),
        ).reduce((most, apart) => (apart > most ? apart : most), 0),
      ),
    ]),
  );
}

/**
 * How much farther off than the farthest of some copies that round at random runtimes may be: the features of two, of many numbers each, are
 * compared.
 */
const ROUNDINGS = 2;

/**
 * The features of a row that an artifact has, where they are no farther from the graph's than rounding explains: than what is let pass of a
 * smooth feature (`most`, of its scale), or than rounding at random moves it (`reach`, asked for where one is farther); the graph's own
 * otherwise.
 */
export function movedFeatures(
  own: Float64Array,
  found: Float64Array,
  {
    scale,
    reach,
    most,
  }: { readonly scale: Float64Array; readonly reach: () => Float64Array; readonly most: number },
): Float64Array {
  return own.map((value, column) => {
    const other = found[column]!;
    const apart = Math.abs(other - value);
    const isNear =
      apart <= most * Math.max(scale[column]!, Math.abs(value)) ||
      (Number.isFinite(apart) && apart <= ROUNDINGS * reach()[column]!);
    return isNear ? other : value;
  });
}

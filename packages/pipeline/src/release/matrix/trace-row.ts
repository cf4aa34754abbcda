import { interpret, type OnnxModel, type ValueInfo } from "@tideline/graph";
import type { Answers } from "./artifact-runtime.ts";
import type { CodedGraph } from "./coded-graph.ts";
import { exactColumns } from "./exact-column.ts";
import type { TracedBound } from "./matrix-report.ts";
import { movedFeatures } from "./moved-feature.ts";
import { interpreterFeeds, isRowAlone, rowInputs, sliceRows, type ModelRows } from "./model-row.ts";
import { featuresOf, floatAt, floatPlace, graphPart, treesOf } from "./tree-bound.ts";

/**
 * Float32 numbers between a feature and a threshold at most, for the one to explain why trees decide otherwise: what scales a
 * column before the trees rounds two or three times, each runtime its own way.
 */
const MOST_ULPS = 4;

/** Rows with their features moved that are tried together; beyond, moves are sought one after the other. */
const MOST_TOGETHER = 256;

/** Moves that are sought one after the other at most. */
const MOST_STEPS = 32;

/** What an artifact's own features of a row are, and how far rounding may move the graph's. All by the value that the trees read. */
export interface FoundFeatures {
  readonly values: Answers;
  readonly scales: Answers;
  /** Of the graph's own features. */
  readonly reach: (own: Answers) => Answers;
  /** What is let pass of a smooth feature, of its scale. */
  readonly most: number;
}

/** A bound over which a feature was moved. */
export interface CrossedBound {
  readonly feature: number;
  readonly threshold: number;
  /** Numbers of float32 between the feature and the threshold. */
  readonly ulps: number;
}

/** A feature that is near thresholds: the numbers about it that they tell apart, its own first. */
interface NearFeature {
  readonly input: string;
  readonly column: number;
  readonly choices: readonly number[];
}

/** How far answers, of the graph to features that were moved, are from that of a row: at most 1 where they are the same. */
export type JudgeRow = (found: Answers, rows: number) => readonly number[];

/** Choices of a number about which thresholds are: one on each side of every threshold, and the threshold itself. */
function nearFeature(
  input: string,
  column: number,
  value: number,
  bounds: readonly number[],
): NearFeature | undefined {
  // What is missing or infinite does not round to anything else.
  if (!Number.isFinite(Math.fround(value))) return undefined;
  const own = floatPlace(Math.fround(value));
  const thresholds = bounds.filter((bound) => Math.abs(floatPlace(bound) - own) <= MOST_ULPS);
  if (thresholds.length === 0) return undefined;
  const places = Array.from({ length: 2 * MOST_ULPS + 3 }, (_, at) => own + at - MOST_ULPS - 1);
  const sides = new Map<string, number>();
  for (const place of places.toSorted((left, right) => Math.abs(left - own) - Math.abs(right - own))) {
    const moved = floatAt(place);
    if (!Number.isFinite(moved)) continue;
    const side = thresholds.map((bound) => Math.sign(moved - bound)).join();
    if (!sides.has(side)) sides.set(side, place === own ? Math.fround(value) : moved);
  }
  return { input, column, choices: [...sides.values()] };
}

/** Every way to choose, the choice of all own ones first. */
function* everyChoice(lengths: readonly number[]): Generator<readonly number[]> {
  const choice = lengths.map(() => 0);
  for (;;) {
    yield [...choice];
    let at = 0;
    for (; at < lengths.length && choice[at] === lengths[at]! - 1; at += 1) choice[at] = 0;
    if (at === lengths.length) return;
    choice[at]! += 1;
  }
}

/** What trees read of a row, by its value. */
type TreeFeatures = Readonly<Record<string, Float64Array>>;

/** Explains rows of a graph of trees on which an artifact answers otherwise. */
export interface RowTracer {
  /**
   * The bounds over which a row's features are moved by a few float32 numbers for the graph to give an answer, or null where no such move
   * gives it. None are needed where the graph gives it as it is. Moves start from the graph's features, and then from an artifact's own
   * where these are as near as rounding explains. Features that nothing was computed for ({@link exactColumns}) stay: there is no rounding.
   */
  trace(row: ModelRows, judge: JudgeRow, found?: FoundFeatures): readonly CrossedBound[] | null;
}

/** A tracer of a graph's rows; undefined for a graph without trees. */
export function rowTracer(coded: CodedGraph, outputs: readonly string[]): RowTracer | undefined {
  const { model } = coded;
  const trees = treesOf(model);
  if (trees.length === 0) return undefined;
  const boundsOf = new Map<string, Map<number, number[]>>();
  for (const { input, bounds } of trees) {
    const columns = boundsOf.get(input) ?? new Map<number, number[]>();
    boundsOf.set(input, columns);
    for (const { feature, threshold, isCode } of bounds)
      if (!isCode) columns.set(feature, [...(columns.get(feature) ?? []), threshold]);
  }
  const read = [...boundsOf.keys()];
  const exact = new Map(read.map((name) => [name, exactColumns(model, name)]));
  const given: readonly ValueInfo[] = read.map((name) => ({ name, elementType: "float32", dims: ["", ""] }));
  const behind: OnnxModel = graphPart(model, {
    outputs: model.graph.outputs.filter(({ name }) => outputs.includes(name)),
    given,
  });
  const ends = rowInputs({
    ...behind,
    graph: { ...behind.graph, inputs: behind.graph.inputs.filter(({ name }) => !read.includes(name)) },
  });
  /** The graph's answers where the trees read some features. */
  const answersTo = (row: ModelRows, features: readonly TreeFeatures[]): Answers => {
    const copies = {
      count: features.length,
      inputs: Object.fromEntries(
        ends.map(({ name }) => {
          const own = Array.from(row.inputs[name] as ArrayLike<number>);
          return [name, features.flatMap(() => own)];
        }),
      ),
    };
    const moved = read.map((name) => {
      const values = features.flatMap((one) => Array.from(one[name]!));
      return [name, { dims: [features.length, values.length / features.length], values }] as const;
    });
    const results = interpret(behind, { ...interpreterFeeds(ends, copies), ...Object.fromEntries(moved) });
    return Object.fromEntries(outputs.map((name) => [name, results[name]!.values]));
  };
  const isBatched = !isRowAlone(model) && ends.every(({ open }) => open);
  return Object.freeze({
    trace(given: ModelRows, judge: JudgeRow, found?: FoundFeatures) {
      const row = coded.rowsOf(given);
      const own = Object.fromEntries(
        read.map((name) => {
          const { values } = featuresOf(model, name, sliceRows(coded.inputs, row, 0, 1));
          const stays = exact.get(name)!;
          return [
            name,
            Float64Array.from(values, (value, column) => (stays[column]! ? Math.fround(value) : value)),
          ];
        }),
      );
      const from = (start: TreeFeatures): readonly CrossedBound[] | null => {
        const near = read.flatMap((input) =>
          [...boundsOf.get(input)!].flatMap(([column, bounds]) => {
            if (exact.get(input)![column]!) return [];
            const one = nearFeature(input, column, start[input]![column]!, bounds);
            return one === undefined ? [] : [one];
          }),
        );
        const movedBy = (choice: readonly number[]): TreeFeatures => {
          const features = Object.fromEntries(read.map((name) => [name, start[name]!.slice()]));
          for (const [at, { input, column, choices }] of near.entries())
            features[input]![column] = choices[choice[at]!]!;
          return features;
        };
        const distances = (choices: readonly (readonly number[])[]): readonly number[] =>
          isBatched
            ? judge(answersTo(row, choices.map(movedBy)), choices.length)
            : choices.map((choice) => judge(answersTo(row, [movedBy(choice)]), 1)[0]!);
        const choice = soughtChoice(
          near.map(({ choices }) => choices.length),
          distances,
        );
        return choice === undefined ? null : crossed(boundsOf, own, movedBy(choice));
      };
      const traced = from(own);
      if (traced !== null || found === undefined) return traced;
      const { values, scales, most } = found;
      const moved = read.map((name) => {
        const limits = values[name] && { scale: scales[name]!, reach: () => found.reach(own)[name]!, most };
        if (!limits) return [name, own[name]!] as const;
        const stays = exact.get(name)!;
        const near = movedFeatures(own[name]!, values[name]!, limits);
        return [name, near.map((value, column) => (stays[column]! ? own[name]![column]! : value))] as const;
      });
      return from(Object.fromEntries(moved));
    },
  });
}

/** The bounds between a row's own features and those that were moved. */
function crossed(
  boundsOf: ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>,
  own: TreeFeatures,
  moved: TreeFeatures,
): readonly CrossedBound[] {
  return [...boundsOf].flatMap(([input, columns]) =>
    [...columns].flatMap(([feature, bounds]) => {
      const [before, after] = [own, moved].map((all) => Math.fround(all[input]![feature]!)) as [
        number,
        number,
      ];
      return bounds
        .filter((bound) => Math.sign(before - bound) !== Math.sign(after - bound))
        .map((threshold) => ({
          feature,
          threshold,
          ulps: Math.abs(floatPlace(before) - floatPlace(threshold)),
        }));
    }),
  );
}

/** A choice at a distance of at most 1: among all where they are few, else the best single change again and again, from several starts. */
function soughtChoice(
  lengths: readonly number[],
  distances: (choices: readonly (readonly number[])[]) => readonly number[],
): readonly number[] | undefined {
  const count = lengths.reduce((product, length) => product * length, 1);
  if (count <= MOST_TOGETHER) {
    const all = [...everyChoice(lengths)];
    const far = distances(all);
    // The nearest of them, and of those the one that moves the fewest features.
    const moves = (at: number): number => all[at]!.filter((place) => place > 0).length;
    return all
      .map((_, at) => at)
      .filter((at) => far[at]! <= 1)
      .toSorted((left, right) => moves(left) - moves(right))
      .map((at) => all[at]!)[0];
  }
  for (const start of [0, 1, 2]) {
    let choice = lengths.map((length) => Math.min(start, length - 1));
    let least = distances([choice])[0]!;
    for (let step = 0; step < MOST_STEPS && least > 1; step += 1) {
      const next = lengths.flatMap((length, at) =>
        Array.from({ length }, (_, place) => choice.with(at, place)),
      );
      const far = distances(next);
      const best = far.indexOf(Math.min(...far));
      if (!(far[best]! < least)) break;
      [choice, least] = [next[best]!, far[best]!];
    }
    if (least <= 1) return choice;
  }
  return undefined;
}

/** Bounds with the rows that they explain, those of most rows first. */
export function groupBounds(traced: readonly (readonly CrossedBound[])[]): readonly TracedBound[] {
  const found = traced.flat();
  return [...Map.groupBy(found, ({ feature, threshold }) => `${feature}:${threshold}`).values()]
    .map((all) => ({
      feature: all[0]!.feature,
      threshold: all[0]!.threshold,
      ulps: Math.max(...all.map(({ ulps }) => ulps)),
      rows: all.length,
    }))
    .toSorted((left, right) => right.rows - left.rows || left.feature - right.feature);
}

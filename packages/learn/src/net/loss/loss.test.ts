import { readFileSync } from "node:fs";
import { join } from "node:path";
import { differentiate, graphBuilder, interpret, writeOnnx } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { crossEntropy } from "./cross-entropy.ts";
import { inBatchSoftmax } from "./in-batch-softmax.ts";
import { bpr } from "./pairwise.ts";
import type { Loss } from "./loss.ts";
import { LOSSES, lossFrom, type LossConfiguration } from "./registry.ts";

interface Case {
  readonly name: string;
  readonly options: { readonly weight?: number[]; readonly pos_weight?: number[] } & Record<string, number>;
  readonly scores: { readonly dims: number[]; readonly values: number[] };
  readonly target: { readonly dims: number[]; readonly values: number[] };
  readonly rowWeight: number[];
  readonly weighted: number;
  readonly weightedGradient: number[];
  readonly mean: number;
  readonly meanGradient: number[];
}

/** A loss and its gradient with respect to the scores, in double precision. */
function valueAndGradient(
  loss: Loss,
  scores: { readonly dims: readonly number[]; readonly values: readonly number[] },
  target: readonly number[],
  weight: readonly number[],
) {
  const g = graphBuilder("loss");
  const batch = scores.dims[0]!;
  const x = g.input("scores", "float32", scores.dims);
  const t = g.input("target", loss.target.elementType, [batch, ...loss.target.dims]);
  const w = g.input("weight", "float32", [batch]);
  const value = loss.write(g, x, { target: t, weight: w });
  g.output("loss", value);
  g.output("gradient", differentiate(g, value, [x])[0]!);
  const found = interpret(g.build(), {
    scores,
    target: { dims: [batch, ...loss.target.dims], values: target },
    weight: { dims: [batch], values: weight },
  });
  return { loss: found["loss"]!.values[0]!, gradient: [...found["gradient"]!.values] };
}

/** A case's options, with PyTorch's names, as ours. */
function lossOf(file: string, { options, target }: Case): Loss {
  const outputs = target.dims[1];
  const [positiveWeight] = options.pos_weight ?? [];
  const wide = outputs === undefined ? {} : { outputs };
  const configurations: Readonly<Record<string, LossConfiguration>> = {
    cross_entropy: {
      crossEntropy: {
        labelSmoothing: options["label_smoothing"] ?? 0,
        ...(options.weight && { classWeights: options.weight }),
      },
    },
    binary: { binary: { ...wide, ...(positiveWeight !== undefined && { positiveWeight }) } },
    mse: { mse: wide },
    huber: { huber: { ...wide, ...(options["delta"] !== undefined && { delta: options["delta"] }) } },
    margin_ranking: { marginRanking: { margin: options["margin"] ?? 0 } },
  };
  return lossFrom(configurations[file]!);
}

function close(found: readonly number[], wanted: readonly number[]): void {
  const largest = Math.max(...wanted.map(Math.abs));
  const apart = Math.max(...found.map((value, at) => Math.abs(value - wanted[at]!)));
  expect(apart).toBeLessThanOrEqual(1e-6 * largest);
  expect(found).toHaveLength(wanted.length);
}

const folder = join(import.meta.dirname, "../../../../../vectors/learn/loss");

describe.each(["cross_entropy", "binary", "mse", "huber", "margin_ranking"])("%s as PyTorch's", (file) => {
  const cases = JSON.parse(readFileSync(join(folder, `${file}.json`), "utf8")) as Case[];
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
    const loss = lossOf(file, one);
    const weighted = valueAndGradient(loss, one.scores, one.target.values, one.rowWeight);
    const ones = one.rowWeight.map(() => 1);
    const plain = valueAndGradient(loss, one.scores, one.target.values, ones);
    // The vectors' weighted mean is divided by the rows' weights alone; ours counts classes, as PyTorch's mean does.
    if (file !== "cross_entropy" || one.options.weight === undefined) {
      close([weighted.loss], [one.weighted]);
      close(weighted.gradient, one.weightedGradient);
    }
    close([plain.loss], [one.mean]);
    close(plain.gradient, one.meanGradient);
  });
});

describe("losses", () => {
  test.each(Object.keys(LOSSES) as (keyof typeof LOSSES)[])("%s: rows of weight 0 change nothing", (name) => {
    const square = name === "inBatchSoftmax";
    const loss =
      square || name !== "crossEntropy" ? lossFrom(name) : crossEntropy({ classWeights: [1, 2, 3] });
    const single = name === "binary" || name === "mse" || name === "huber";
    const scores = (fill: number) => ({
      dims: single ? [3] : [3, 3],
      values: single ? [0.5, -1, fill] : [0.5, -1, fill, 2, 0.25, fill, fill, fill, fill],
    });
    const at = (fill: number) => valueAndGradient(loss, scores(fill), [1, 0, 1], [1, 0.5, 0]);
    // In one batch a column of a row that only fills is a candidate that must not count; elsewhere it is a class.
    const [one, other] = square || single ? [at(3), at(-70)] : [at(3), at(3)];
    expect(other.loss).toBeCloseTo(one.loss, 12);
    expect(Number.isFinite(one.loss)).toBe(true);
    const last = one.gradient.slice(single ? 2 : 6);
    expect(last.every((value) => Math.abs(value) === 0)).toBe(true);
    expect(Math.abs(valueAndGradient(loss, scores(3), [1, 0, 1], [0, 0, 0]).loss)).toBe(0);
  });

  test("bpr is the softplus of how far the pair is the wrong way round", () => {
    const { loss } = valueAndGradient(bpr(), { dims: [2, 2], values: [1, 3, 2, 0] }, [1, -1], [1, 3]);
    expect(loss).toBeCloseTo((Math.log1p(Math.exp(2)) + 3 * Math.log1p(Math.exp(2))) / 4, 12);
  });

  test("cross-entropy of many classes holds no table of them all, and refuses one too many", () => {
    const g = graphBuilder("loss");
    const classes = 3000;
    const scores = g.input("scores", "float32", [2, classes]);
    const target = g.input("target", "int64", [2]);
    const weight = g.input("weight", "float32", [2]);
    g.output("loss", crossEntropy({ labelSmoothing: 0.1 }).write(g, scores, { target, weight }));
    const model = g.build();
    expect(writeOnnx(model).length).toBeLessThan(8 * classes);
    const feeds = {
      scores: { dims: [2, classes], values: new Float32Array(2 * classes) },
      weight: { dims: [2], values: [1, 1] },
    };
    const of = (values: number[]) => interpret(model, { ...feeds, target: { dims: [2], values } });
    expect(of([0, 2999])["loss"]!.values[0]).toBeCloseTo(Math.log(classes), 6);
    expect(() => of([0, 3000])).toThrow(/3000/);
  });

  test("in-batch softmax leaves out the same item elsewhere in the batch", () => {
    const scores = { dims: [3, 3], values: [1, 9, 0, 9, 2, 0, 0, 1, 3] };
    const { loss } = valueAndGradient(inBatchSoftmax({ temperature: 0.5 }), scores, [7, 7, 8], [1, 1, 1]);
    const row = (own: number, ...others: number[]) =>
      Math.log([own, ...others].reduce((sum, value) => sum + Math.exp(2 * value), 0)) - 2 * own;
    expect(loss).toBeCloseTo((row(1, 0) + row(2, 0) + row(3, 0, 1)) / 3, 10);
  });

  test("what makes no sense is named", () => {
    expect(() => crossEntropy({ labelSmoothing: 1 })).toThrow(
      /crossEntropy loss: labelSmoothing.*received 1/,
    );
    expect(() => crossEntropy({ classWeights: [0, -1] })).toThrow(/classWeights/);
    expect(() => lossFrom({ huber: { delta: 0 } })).toThrow(/huber loss: delta/);
    expect(() => lossFrom("hinge" as "mse")).toThrow(/one of binary, bpr, .*received hinge/);
    const short = crossEntropy({ classWeights: [1, 2] });
    expect(() => valueAndGradient(short, { dims: [1, 3], values: [1, 2, 3] }, [0], [1])).toThrow(/3 weights/);
    expect(() => valueAndGradient(bpr(), { dims: [2], values: [1, 2] }, [1, 1], [1, 1])).toThrow(
      /bpr loss: scores/,
    );
  });
});

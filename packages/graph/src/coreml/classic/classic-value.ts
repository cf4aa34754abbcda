import type { Cell } from "./cell.ts";
import type { Forest } from "../../op/forest.ts";

/** Trees over cells; raw scores are the sums of their leaves times `factor`, and `base`. */
export interface ClassicTrees {
  readonly kind: "trees";
  readonly features: readonly Cell[];
  readonly forest: Forest;
  readonly outputs: number;
  readonly base: readonly number[];
  readonly factor: number;
}

/** A weighted sum of cells for each output. */
export interface ClassicLinear {
  readonly kind: "linear";
  readonly features: readonly Cell[];
  readonly outputs: number;
  /** [outputs][features] */
  readonly weights: readonly (readonly number[])[];
}

/** What gives a model's raw scores. */
export type ClassicEstimator = ClassicTrees | ClassicLinear;

/** A number made of raw scores: their weighted sum and something added. */
export interface Score {
  /** By raw score; empty for a constant. */
  readonly factors: readonly number[];
  readonly offset: number;
}

/** What becomes of scores: probabilities of classes that exclude one another, shares each by itself, or nothing. */
type ClassicLink = "none" | "softmax" | "sigmoid";

/** What a value of the graph is, row by row; `dims` without the batch. */
export type ClassicValue =
  | { readonly kind: "constant"; readonly dims: readonly number[]; readonly values: ArrayLike<number> }
  | { readonly kind: "cells"; readonly dims: readonly number[]; readonly items: readonly Cell[] }
  | {
      readonly kind: "scores";
      readonly dims: readonly number[];
      readonly items: readonly Score[];
      readonly estimator: ClassicEstimator;
      readonly link: ClassicLink;
      /** Names of the classes that the graph itself gives. */
      readonly labels?: readonly number[];
    }
  | {
      readonly kind: "label";
      readonly of: string;
      /** Numbers of the classes that the graph itself gives; their places otherwise. */
      readonly labels?: readonly number[];
    };

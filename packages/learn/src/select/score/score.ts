import { tidelineError } from "@tideline/spec";
import type { Labels } from "../../transform/transform-def.ts";
import { digammaTable } from "../distribution/digamma.ts";
import type { SelectColumn } from "../select-table.ts";
import { chiSquare, chiSquareOfTable } from "./chi-square.ts";
import { codesOfNumbers, contingency, mutualInformationOfTable } from "./contingency.ts";
import { fClassification } from "./f-classification.ts";
import { fRegression, pearson } from "./f-regression.ts";
import { kraskov, orderedValues, type OrderedValues } from "./kraskov.ts";
import { classRows, ross } from "./ross.ts";
import { separated, seedOf } from "./separated.ts";

/** The scores by name; scikit-learn's names. */
export type ScoreName =
  | "fClassif"
  | "chi2"
  | "mutualInfoClassif"
  | "fRegression"
  | "rRegression"
  | "mutualInfoRegression";

/** How columns are scored. */
export interface ScoreOptions {
  /** Neighbours of mutual information. Default 3. */
  readonly neighbours?: number;
  /** Columns whose numbers mutual information takes as values of their own; texts and truths always are. Default none. */
  readonly discrete?: readonly string[] | "all";
  /** Of the noise that breaks ties in mutual information. Default 0. */
  readonly seed?: number;
}

/** A score with its probability by chance, where there is one. */
export interface Scored {
  readonly score: number;
  readonly pValue?: number;
}

/** Scores columns one by one; what the labels give is computed once. */
export type ColumnScorer = (column: SelectColumn, values: Float64Array | Int32Array) => Scored;

/** A kind of score. */
export interface ScoreDef {
  readonly measure: string;
  readonly labels: Labels["kind"];
  /** Whether it can judge texts. */
  readonly texts: boolean;
  readonly hasPValue: boolean;
  scorer(labels: Labels, options: Required<ScoreOptions>): ColumnScorer;
}

type ClassLabels = Extract<Labels, { readonly kind: "classes" }>;
type NumberLabels = Extract<Labels, { readonly kind: "values" }>;

/** The kinds of scores. */
export const SCORES = {
  fClassif: {
    measure: "F",
    labels: "classes",
    texts: false,
    hasPValue: true,
    scorer(labels) {
      const { y, classes } = labels as ClassLabels;
      return (_, values) => fClassification(values as Float64Array, y, classes.length);
    },
  },
  chi2: {
    measure: "chi-squared",
    labels: "classes",
    texts: true,
    hasPValue: true,
    scorer(labels) {
      const { y, classes } = labels as ClassLabels;
      return (column, values) => {
        if (column.kind === "texts")
          return chiSquareOfTable(contingency(values, column.dictionary.length, y, classes.length));
        const negative = values.findIndex((value) => value < 0);
        if (negative < 0) return chiSquare(values as Float64Array, y, classes.length);
        throw tidelineError("DATA_MALFORMED", {
          who: "chi2",
          field: `column "${column.name}", row ${negative}`,
          expected: "a count or frequency of at least 0",
          received: String(values[negative]),
        });
      };
    },
  },
  mutualInfoClassif: {
    measure: "mutual information (nats)",
    labels: "classes",
    texts: true,
    hasPValue: false,
    scorer(labels, options) {
      const { y, classes } = labels as ClassLabels;
      const own = classRows(y, classes.length);
      const digamma = digammaTable(y.length);
      return (column, values) => {
        const codes = codesOf(column, values, options);
        if (codes !== undefined)
          return {
            score: mutualInformationOfTable(contingency(codes.codes, codes.count, y, classes.length)),
          };
        const x = separated(values as Float64Array, seedOf(options.seed, column.name));
        return { score: ross(x, own, options.neighbours, digamma) };
      };
    },
  },
  fRegression: {
    measure: "F",
    labels: "values",
    texts: false,
    hasPValue: true,
    scorer(labels) {
      const { y } = labels as NumberLabels;
      return (_, values) => fRegression(values as Float64Array, y);
    },
  },
  rRegression: {
    measure: "size of Pearson's correlation",
    labels: "values",
    texts: false,
    hasPValue: true,
    scorer(labels) {
      const { y } = labels as NumberLabels;
      return (_, values) => {
        const r = pearson(values as Float64Array, y);
        return { score: Math.abs(r), pValue: fRegression(values as Float64Array, y).pValue };
      };
    },
  },
  mutualInfoRegression: {
    measure: "mutual information (nats)",
    labels: "values",
    texts: true,
    hasPValue: false,
    scorer(labels, options) {
      const { y } = labels as NumberLabels;
      const target = separated(y, seedOf(options.seed, "label"));
      const digamma = digammaTable(y.length);
      let ordered: OrderedValues | undefined;
      return (column, values) => {
        const codes = codesOf(column, values, options);
        if (codes !== undefined)
          return { score: ross(target, classRows(codes.codes, codes.count), options.neighbours, digamma) };
        const x = separated(values as Float64Array, seedOf(options.seed, column.name));
        const neighbours = Math.min(options.neighbours, y.length - 1);
        ordered ??= orderedValues(target);
        return { score: kraskov(orderedValues(x), ordered, neighbours, digamma) };
      };
    },
  },
} satisfies Record<ScoreName, ScoreDef>;

/** The values as codes where they are discrete; a missing text is a value of its own. */
function codesOf(
  column: SelectColumn,
  values: Float64Array | Int32Array,
  { discrete }: Required<ScoreOptions>,
): { readonly codes: Int32Array; readonly count: number } | undefined {
  if (column.kind === "texts")
    return { codes: (values as Int32Array).map((code) => code + 1), count: column.dictionary.length + 1 };
  const listed = discrete === "all" || discrete.includes(column.name);
  return column.discrete || listed ? codesOfNumbers(values as Float64Array) : undefined;
}

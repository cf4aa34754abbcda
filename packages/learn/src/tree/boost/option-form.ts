import {
  eitherForm,
  FORMS,
  listForm,
  namedForm,
  recordForm,
  type OptionForm,
} from "../../net/estimator/option-form.ts";
import type { BoostedTreesOptions, CategoryOptions } from "./boost-option.ts";
import type { DartOptions } from "./round/dart.ts";
import type { GossOptions } from "./sample/goss.ts";

const { count, whole, integer, positive, notNegative, truth, text } = FORMS;

function numberForm(expected: string, fits: (value: number) => boolean): OptionForm {
  return { expected, fits: (value) => typeof value === "number" && fits(value) };
}

const part = numberForm("a number above 0, at most 1", (value) => value > 0 && value <= 1);
const inside = numberForm("a number between 0 and 1", (value) => value > 0 && value < 1);
const chance = numberForm("a number of 0 to 1", (value) => value >= 0 && value <= 1);
const always: OptionForm = { expected: "true", fits: (value) => value === true };

/** Names of columns, each with a direction. */
const monotone: OptionForm = {
  expected: "1 or -1 for names of columns",
  fits: (value) =>
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((way) => way === 1 || way === -1),
};

/** A name, options of one, or a value that has functions. */
const configuration = (what: string): OptionForm => ({
  expected: `the name of ${what}, or one with its options`,
  fits: (value) =>
    typeof value === "string" || (typeof value === "object" && value !== null && !Array.isArray(value)),
});

const goss: Readonly<Record<keyof GossOptions, OptionForm>> = { top: inside, other: inside };
const dart: Readonly<Record<keyof DartOptions, OptionForm>> = {
  rate: chance,
  most: count,
  skip: chance,
  normalise: namedForm("tree", "rate"),
};
const categories: Readonly<Record<keyof CategoryOptions, OptionForm>> = {
  oneHot: whole,
  most: count,
  smooth: notNegative,
  l2: notNegative,
  minRows: whole,
};

/** What each option of boosted trees must look like; one that is missing does not compile. */
export const BOOST_OPTION_FORMS: { readonly [Name in keyof Required<BoostedTreesOptions>]: OptionForm } = {
  task: namedForm("classification", "regression", "ranking"),
  objective: configuration("an objective"),
  rounds: count,
  rate: positive,
  leaves: numberForm("an integer of 2 to 131072", (n) => Number.isInteger(n) && n >= 2 && n <= 131072),
  depth: numberForm(
    "an integer of at least 1, or Infinity",
    (n) => n === Infinity || (Number.isSafeInteger(n) && n >= 1),
  ),
  minChildRows: whole,
  minChildWeight: notNegative,
  minGain: notNegative,
  l1: notNegative,
  l2: notNegative,
  maxDelta: notNegative,
  bins: numberForm("an integer of 2 to 255", (n) => Number.isInteger(n) && n >= 2 && n <= 255),
  rowShare: part,
  goss: eitherForm(always, recordForm(goss)),
  dart: eitherForm(always, recordForm(dart)),
  featureShare: part,
  featureShareByNode: part,
  extra: truth,
  monotone,
  interactions: listForm(listForm(text)),
  categorical: listForm(text),
  categories: recordForm(categories),
  classWeights: eitherForm(namedForm("balanced"), listForm(notNegative)),
  metric: configuration("a metric"),
  patience: count,
  minDelta: notNegative,
  monitor: namedForm("loss", "metric"),
  keep: namedForm("best", "last"),
  trainingLoss: truth,
  seed: integer,
};

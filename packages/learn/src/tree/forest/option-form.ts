import { eitherForm, FORMS, listForm, namedForm, type OptionForm } from "../../net/estimator/option-form.ts";
import type { ForestOptions } from "./forest-option.ts";
import type { IsolationOptions } from "./isolation-forest.ts";

const { count, integer, notNegative, truth, text } = FORMS;

function numberForm(expected: string, fits: (value: number) => boolean): OptionForm {
  return { expected, fits: (value) => typeof value === "number" && fits(value) };
}

/** An integer from the least, or no limit. */
function limitForm(least: number): OptionForm {
  return numberForm(
    `an integer of at least ${least}, or Infinity`,
    (n) => n === Infinity || (Number.isSafeInteger(n) && n >= least),
  );
}

const part = numberForm("a number above 0 and at most 1", (value) => value > 0 && value <= 1);
const trees = numberForm("an integer of 1 to 1000000", (n) => Number.isInteger(n) && n >= 1 && n <= 1e6);

/** What each option of forests must look like; one that is missing does not compile. */
export const FOREST_OPTION_FORMS: { readonly [Name in keyof Required<ForestOptions>]: OptionForm } = {
  task: namedForm("classification", "regression"),
  trees,
  categorical: listForm(text),
  leaves: limitForm(2),
  depth: limitForm(1),
  features: eitherForm(namedForm("sqrt", "log2"), part),
  bootstrap: truth,
  rowShare: part,
  minChildRows: count,
  minChildWeight: notNegative,
  minGain: notNegative,
  classWeights: eitherForm(namedForm("balanced"), listForm(notNegative)),
  outOfBag: truth,
  bins: numberForm("an integer of 2 to 255", (n) => Number.isInteger(n) && n >= 2 && n <= 255),
  minBinRows: count,
  sample: count,
  seed: integer,
};

/** A path that long says that a row is normal; and the growth calls itself once a level. */
const MOST_DEPTH = 1000;

/** What each option of isolation forests must look like; one that is missing does not compile. */
export const ISOLATION_OPTION_FORMS: { readonly [Name in keyof Required<IsolationOptions>]: OptionForm } = {
  trees,
  sample: count,
  featureShare: part,
  bootstrap: truth,
  depth: numberForm(
    `an integer of at most ${MOST_DEPTH}, at least 1`,
    (n) => Number.isInteger(n) && n >= 1 && n <= MOST_DEPTH,
  ),
  contamination: eitherForm(
    namedForm("auto"),
    numberForm("a number above 0 and at most 0.5", (share) => share > 0 && share <= 0.5),
  ),
  categorical: listForm(text),
  seed: integer,
};

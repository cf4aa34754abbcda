import { isRecord, type OptionForm } from "../../net/estimator/option-form.ts";

/** Options that transforms of categories share. */
export interface CategoryOptions {
  /** The categories of a column in their order, by its name. Columns not named learn theirs: those seen, in order. */
  readonly categories?: Readonly<Record<string, readonly string[]>>;
  /** Different values of a column that a fit counts before it gives up, so that its memory is bounded. Default 1,000,000. */
  readonly maxDistinct?: number;
}

/** Distinct values of a column that are counted; a text costs about 100 bytes in a map of V8. */
const MOST_DISTINCT = 1_000_000;

/** The most that a map of V8 holds. */
const MOST_TEXTS = 2 ** 24 - 1;

/** Defaults of {@link CategoryOptions}. */
export const CATEGORY_DEFAULTS = Object.freeze({ maxDistinct: MOST_DISTINCT });

const form = (expected: string, fits: (value: number) => boolean): OptionForm => ({
  expected,
  fits: (value) => typeof value === "number" && fits(value),
});

/** Forms of {@link CategoryOptions}. */
export const CATEGORY_FORMS = {
  categories: {
    expected: "a list of different texts, none empty, for each of some columns",
    fits: (value) =>
      isRecord(value) &&
      Object.values(value).every(
        (list) =>
          Array.isArray(list) &&
          list.length > 0 &&
          list.every((text) => typeof text === "string" && text !== "") &&
          new Set(list).size === list.length,
      ),
  },
  maxDistinct: form(
    `an integer of 1 to ${MOST_TEXTS}`,
    (n) => Number.isInteger(n) && n >= 1 && n <= MOST_TEXTS,
  ),
} satisfies Record<keyof CategoryOptions, OptionForm>;

/** Forms of `InfrequentOptions`. */
export const INFREQUENT_FORMS = {
  minFrequency: form(
    "an integer of at least 1, or a share between 0 and 1",
    (n) => (n > 0 && n < 1) || (Number.isSafeInteger(n) && n >= 1),
  ),
  maxCategories: form("an integer of at least 1", (n) => Number.isSafeInteger(n) && n >= 1),
} satisfies Record<string, OptionForm>;

/** A number that may be NaN. */
export const NUMBER_FORM: OptionForm = form("a number", () => true);

/** The name of a column. */
export const NAME_FORM: OptionForm = {
  expected: "a text that is not empty",
  fits: (value) => typeof value === "string" && value !== "",
};

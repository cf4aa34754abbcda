import { FORMS } from "../../net/estimator/option-form.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_DEFAULTS, CATEGORY_FORMS, type CategoryOptions } from "./category-option.ts";
import { categoryCount } from "./learnt-category.ts";
import { tableEncoder } from "./table-encoder.ts";

/** What {@link frequencyEncoder} takes. */
export interface FrequencyEncoderOptions extends Pick<CategoryOptions, "maxDistinct"> {
  /** The share of rows instead of their count. Default true. */
  readonly normalize?: boolean;
}

const KIND = "frequencyEncoder";

/** The definition behind {@link frequencyEncoder}. */
export const FREQUENCY_ENCODER = tableEncoder<FrequencyEncoderOptions>({
  kind: KIND,
  forms: { maxDistinct: CATEGORY_FORMS.maxDistinct, normalize: FORMS.truth },
  defaults: { ...CATEGORY_DEFAULTS, normalize: true },
  fitColumn(options, column) {
    const count = categoryCount(KIND, column, options);
    return {
      add: (piece) => count.add(piece),
      finish() {
        const { kind, categories, counts, missing, rows } = count.finish();
        const table = new Float64Array(categories.length + 2);
        table.set(counts);
        table[categories.length + 1] = missing;
        if (options.normalize === true) for (let at = 0; at < table.length; at++) table[at]! /= rows;
        return { kind, categories, table, suffixes: [""] };
      },
    };
  },
});

/**
 * Writes how often a category came in the fit: as a share of all rows, or as a count. A missing value counts as one more
 * category; one that the fit did not see came 0 times. As pandas' `value_counts(dropna=False)`.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, DATA_MALFORMED for one of more than `maxDistinct`.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(frequencyEncoder({ columns: ["device_model"] }), rows).transform(rows);
 */
export function frequencyEncoder(options: FrequencyEncoderOptions & Selection = {}): Transform {
  return transformOf(FREQUENCY_ENCODER, options);
}

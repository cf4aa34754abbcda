import { namedForm } from "../../net/estimator/option-form.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import {
  CATEGORY_DEFAULTS,
  CATEGORY_FORMS,
  INFREQUENT_FORMS,
  NUMBER_FORM,
  type CategoryOptions,
} from "./category-option.ts";
import { infrequentOf, type InfrequentOptions } from "./infrequent.ts";
import { categoryCount } from "./learnt-category.ts";
import { tableEncoder } from "./table-encoder.ts";

/** What {@link ordinalEncoder} takes. */
export interface OrdinalEncoderOptions extends CategoryOptions, InfrequentOptions {
  /** What to do with a value that the fit did not see. Default `"missing"`: as a missing one. */
  readonly handleUnknown?: "missing" | "useEncodedValue" | "infrequent" | "error";
  /** What such a value becomes where `handleUnknown` is `"useEncodedValue"`. Default NaN. */
  readonly unknownValue?: number;
  /** What a missing value becomes. Default NaN. */
  readonly encodedMissingValue?: number;
}

const KIND = "ordinalEncoder";

/** The definition behind {@link ordinalEncoder}. */
export const ORDINAL_ENCODER = tableEncoder<OrdinalEncoderOptions>({
  kind: KIND,
  forms: {
    ...CATEGORY_FORMS,
    ...INFREQUENT_FORMS,
    handleUnknown: namedForm("missing", "useEncodedValue", "infrequent", "error"),
    unknownValue: NUMBER_FORM,
    encodedMissingValue: NUMBER_FORM,
  },
  defaults: {
    ...CATEGORY_DEFAULTS,
    handleUnknown: "missing",
    unknownValue: Number.NaN,
    encodedMissingValue: Number.NaN,
  },
  refuses: ({ handleUnknown }) => handleUnknown === "error",
  fitColumn(options, column) {
    const count = categoryCount(KIND, column, options, options.handleUnknown === "error");
    const { handleUnknown, unknownValue = Number.NaN, encodedMissingValue = Number.NaN } = options;
    return {
      add: (piece) => count.add(piece),
      finish() {
        const { kind, categories, counts, rows } = count.finish();
        const rare = infrequentOf(counts, rows, options);
        const table = new Float64Array(categories.length + 2);
        let next = 0;
        for (let place = 0; place < categories.length; place++)
          if (rare?.[place] !== 1) table[place] = next++;
        if (rare !== undefined)
          for (let place = 0; place < categories.length; place++) if (rare[place] === 1) table[place] = next;
        const infrequent = handleUnknown === "infrequent" && rare !== undefined;
        table[categories.length] = infrequent
          ? next
          : handleUnknown === "useEncodedValue"
            ? unknownValue
            : encodedMissingValue;
        table[categories.length + 1] = encodedMissingValue;
        return { kind, categories, table, suffixes: [""] };
      },
    };
  },
});

/**
 * Writes the place of each category among those of its column, from 0: in the order given, else by code points (whole
 * numbers by size). As scikit-learn's OrdinalEncoder, but that a value unseen in the fit is by default treated as missing
 * instead of refused. Infrequent categories share the number behind all others.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, DATA_MALFORMED for one of more than `maxDistinct`.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * const sizes = ordinalEncoder({ columns: ["size"], categories: { size: ["S", "M", "L"] } });
 * fitTransform(sizes, rows).transform(rows);
 */
export function ordinalEncoder(options: OrdinalEncoderOptions & Selection = {}): Transform {
  return transformOf(ORDINAL_ENCODER, options);
}

import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_DEFAULTS, CATEGORY_FORMS, type CategoryOptions } from "./category-option.ts";
import { categoryCount } from "./learnt-category.ts";
import { tableEncoder } from "./table-encoder.ts";

/** What {@link binaryEncoder} takes. */
export type BinaryEncoderOptions = CategoryOptions;

const KIND = "binaryEncoder";

/** The definition behind {@link binaryEncoder}. */
export const BINARY_ENCODER = tableEncoder<BinaryEncoderOptions>({
  kind: KIND,
  forms: CATEGORY_FORMS,
  defaults: CATEGORY_DEFAULTS,
  fitColumn(options, column) {
    const count = categoryCount(KIND, column, options);
    return {
      add: (piece) => count.add(piece),
      finish() {
        const { kind, categories } = count.finish();
        const width = 32 - Math.clz32(categories.length);
        const table = new Float64Array((categories.length + 2) * width);
        for (let place = 0; place < categories.length; place++)
          for (let bit = 0; bit < width; bit++)
            table[place * width + bit] = ((place + 1) >> (width - 1 - bit)) & 1;
        return { kind, categories, table, suffixes: Array.from({ length: width }, (_, bit) => `#${bit}`) };
      },
    };
  },
});

/**
 * Writes the place of a category, from 1, as binary digits, the highest first: `city#0`, `city#1`, ... A column of K
 * categories becomes log2(K + 1) columns, rounded up. A missing value, and one that the fit did not see, is all zeros.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, DATA_MALFORMED for one of more than `maxDistinct`.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(binaryEncoder({ columns: ["city"] }), rows).transform(rows);
 */
export function binaryEncoder(options: BinaryEncoderOptions & Selection = {}): Transform {
  return transformOf(BINARY_ENCODER, options);
}

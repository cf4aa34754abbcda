import { FORMS } from "../../net/estimator/option-form.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_DEFAULTS, CATEGORY_FORMS, type CategoryOptions } from "./category-option.ts";
import { labelCells } from "./label-cell.ts";
import { categoryCount } from "./learnt-category.ts";
import { positiveClass } from "./positive-class.ts";
import { tableEncoder } from "./table-encoder.ts";

/** What {@link targetOrderEncoder} takes. */
export interface TargetOrderEncoderOptions extends Pick<CategoryOptions, "maxDistinct"> {
  /** The class whose share orders categories. Default: the second of two. */
  readonly positive?: string;
}

const KIND = "targetOrderEncoder";

/** The definition behind {@link targetOrderEncoder}. */
export const TARGET_ORDER_ENCODER = tableEncoder<TargetOrderEncoderOptions>({
  kind: KIND,
  labels: "required",
  forms: { maxDistinct: CATEGORY_FORMS.maxDistinct, positive: FORMS.text },
  defaults: CATEGORY_DEFAULTS,
  fitColumn(options, column) {
    const count = categoryCount(KIND, column, options);
    const cells = labelCells(KIND);
    return {
      add: (piece, _, labels) => cells.add(count.read(piece), labels!),
      finish() {
        const { kind, categories, order } = count.finish();
        const at = cells.classes.length === 0 ? 0 : positiveClass(KIND, cells, options.positive);
        const means = Float64Array.from(order, (id) => cells.moments(at, id).mean);
        const table = new Float64Array(categories.length + 2).fill(Number.NaN);
        // Equal means keep the order of the categories, so that the result does not depend on the order of rows.
        const ranked = Int32Array.from(means, (_, place) => place).sort(
          (a, b) => means[a]! - means[b]! || a - b,
        );
        for (const [rank, place] of ranked.entries()) table[place] = rank;
        return { kind, categories, table, suffixes: [""] };
      },
    };
  },
});

/**
 * Writes the place of a category when they are ordered by their labels: by the share of the positive class, or by the mean
 * of values; 0 is the lowest. A tree then splits many categories in one cut (W. D. Fisher, "On grouping for maximum
 * homogeneity", JASA 53, 1958). A missing value, and one that the fit did not see, is NaN.
 *
 * It learns from labels: a chain encodes training rows fold by fold, as with `targetEncoder`.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, ARGUMENT_INVALID for labels without the positive class.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(targetOrderEncoder({ columns: ["city"] }), rows, labels);
 */
export function targetOrderEncoder(options: TargetOrderEncoderOptions & Selection = {}): Transform {
  return transformOf(TARGET_ORDER_ENCODER, options);
}

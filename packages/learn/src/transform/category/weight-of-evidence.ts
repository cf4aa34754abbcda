import { FORMS } from "../../net/estimator/option-form.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_DEFAULTS, CATEGORY_FORMS, type CategoryOptions } from "./category-option.ts";
import { labelCells } from "./label-cell.ts";
import { categoryCount } from "./learnt-category.ts";
import { positiveClass } from "./positive-class.ts";
import { tableEncoder } from "./table-encoder.ts";

/** What {@link weightOfEvidence} takes. */
export interface WeightOfEvidenceOptions extends CategoryOptions {
  /** The class that a positive weight speaks for. Default: the second of two. */
  readonly positive?: string;
  /** Rows of either class added to each category, so that none has an infinite weight. Default 1. */
  readonly regularization?: number;
}

const KIND = "weightOfEvidence";

/** The definition behind {@link weightOfEvidence}. */
export const WEIGHT_OF_EVIDENCE = tableEncoder<WeightOfEvidenceOptions>({
  kind: KIND,
  labels: "required",
  forms: { ...CATEGORY_FORMS, positive: FORMS.text, regularization: FORMS.positive },
  defaults: { ...CATEGORY_DEFAULTS, regularization: 1 },
  fitColumn(options, column) {
    const count = categoryCount(KIND, column, options);
    const cells = labelCells(KIND);
    const { regularization: added = 1 } = options;
    return {
      add: (piece, _, labels) => cells.add(count.read(piece), labels!),
      finish() {
        const { kind, categories, order, missing } = count.finish();
        const at = positiveClass(KIND, cells, options.positive);
        const split = (id?: number) => {
          const moments = cells.moments(at, id);
          const hits = moments.count === 0 ? 0 : Math.round(moments.mean * moments.count);
          return { hits, others: moments.count - hits };
        };
        const all = split();
        const weight = (id: number): number => {
          const own = split(id);
          const share = (own.hits + added) / (all.hits + 2 * added);
          return Math.log(share / ((own.others + added) / (all.others + 2 * added)));
        };
        const table = new Float64Array(categories.length + 2);
        for (const [place, id] of order.entries()) table[place] = weight(id);
        if (missing > 0) table[categories.length + 1] = weight(-1);
        return { kind, categories, table, suffixes: [""] };
      },
    };
  },
});

/**
 * Writes the weight of evidence of a category: the logarithm of its share of the positive rows over its share of the
 * others, `ln((hits + a) / (allHits + 2a) / ((others + a) / (allOthers + 2a)))` with `a` rows added. A missing value is a
 * category; one that the fit did not see has no evidence: 0. As category_encoders' WOEEncoder, but that a category of a
 * single row is weighed like any other (the added rows already hold it near 0).
 *
 * It learns from labels: a chain encodes training rows fold by fold, as with `targetEncoder`.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, ARGUMENT_INVALID for labels without the positive class.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(weightOfEvidence({ columns: ["job"], positive: "default" }), rows, labels);
 */
export function weightOfEvidence(options: WeightOfEvidenceOptions & Selection = {}): Transform {
  return transformOf(WEIGHT_OF_EVIDENCE, options);
}

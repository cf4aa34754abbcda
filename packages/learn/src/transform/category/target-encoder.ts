import { eitherForm, FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_DEFAULTS, CATEGORY_FORMS, type CategoryOptions } from "./category-option.ts";
import { labelCells, type LabelMoments } from "./label-cell.ts";
import { categoryCount } from "./learnt-category.ts";
import { tableEncoder } from "./table-encoder.ts";

/** What {@link targetEncoder} takes. */
export interface TargetEncoderOptions extends CategoryOptions {
  /**
   * How far rare categories are drawn towards the mean of all rows: `"auto"` by an empirical Bayes estimate from the
   * spread of the labels within a category and over all, or so many rows of the mean are added to each. Default `"auto"`.
   */
  readonly smooth?: "auto" | number;
}

const KIND = "targetEncoder";

/** The definition behind {@link targetEncoder}. */
export const TARGET_ENCODER = tableEncoder<TargetEncoderOptions>({
  kind: KIND,
  labels: "required",
  forms: { ...CATEGORY_FORMS, smooth: eitherForm(namedForm("auto"), FORMS.notNegative) },
  defaults: { ...CATEGORY_DEFAULTS, smooth: "auto" },
  fitColumn(options, column) {
    const count = categoryCount(KIND, column, options);
    const cells = labelCells(KIND);
    return {
      add: (piece, _, labels) => cells.add(count.read(piece), labels!),
      finish() {
        const { kind, categories, order, missing } = count.finish();
        // Of two classes the second says all.
        const targets = cells.width === 2 ? [1] : Array.from({ length: cells.width }, (_, at) => at);
        const width = targets.length;
        const table = new Float64Array((categories.length + 2) * width);
        for (const [to, at] of targets.entries()) {
          const all = cells.moments(at);
          const write = (place: number, value: number) => (table[place * width + to] = value);
          for (const [place, id] of order.entries())
            write(place, shrunk(cells.moments(at, id), all, options.smooth!));
          write(categories.length, all.mean);
          write(
            categories.length + 1,
            missing === 0 ? all.mean : shrunk(cells.moments(at, -1), all, options.smooth!),
          );
        }
        const suffixes = width === 1 ? [""] : cells.classes.map((name) => `:${name}`);
        return { kind, categories, table, suffixes };
      },
    };
  },
});

/** The mean of a category's labels, drawn towards that of all rows: equations 3 to 7 of Micci-Barreca. */
function shrunk(own: LabelMoments, all: LabelMoments, smooth: "auto" | number): number {
  const { count, mean, squares } = own;
  if (count === 0) return all.mean;
  if (smooth !== "auto") return (smooth * all.mean + count * mean) / (smooth + count);
  const between = (all.squares / all.count) * count;
  const weight = between / (between + squares / count);
  return Number.isNaN(weight) ? all.mean : weight * mean + (1 - weight) * all.mean;
}

/**
 * Writes the mean label of a category's rows, drawn towards the mean of all rows where there are few: of two classes the
 * share of the second, of several classes one column each (`city:walk`), of values their mean. A missing value is a
 * category; one that the fit did not see gets the mean of all rows. As scikit-learn's TargetEncoder.
 *
 * Rows that a model is trained on must be encoded by fits that did not see their labels, or a column of identifiers would
 * tell each label: a chain does so, fold by fold, because this transform says that it needs labels. Leaving each row out
 * of its own category is no substitute: what is left out can be read from the difference.
 *
 * D. Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes in classification and prediction
 * problems", SIGKDD Explorations 3:1, 2001.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, DATA_MALFORMED for one of more than `maxDistinct`,
 * ARGUMENT_INVALID for labels that change their classes.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * const fitted = fitTransform(targetEncoder({ columns: ["city"] }), rows, labels);
 * fitted.transform(newRows);
 */
export function targetEncoder(options: TargetEncoderOptions & Selection = {}): Transform {
  return transformOf(TARGET_ENCODER, options);
}

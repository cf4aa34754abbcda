import { tidelineError } from "@tideline/spec";
import type { Column, StringColumn } from "../../frame/column.ts";
import type { Labels } from "../transform-def.ts";
import { categoryCount } from "./learnt-category.ts";
import { placesOf } from "./place.ts";

/** The classes of a label, and the way there and back. */
export interface LabelEncoder {
  /** In their order. */
  readonly classes: readonly string[];
  /** The labels of a column. Errors: DATA_MALFORMED for a row without a value or with another one, naming the row. */
  encode(column: Column): Labels;
  /** The texts of places. Errors: ARGUMENT_INVALID for a place outside of the classes. */
  decode(y: ArrayLike<number>, name: string): StringColumn;
}

const WHO = "labelEncoder";

/**
 * Learns the classes of a column of labels, by code points (whole numbers by size), or takes those given in their order.
 * As scikit-learn's LabelEncoder.
 *
 * @throws NOT_ENOUGH_DATA for a column without values; ARGUMENT_INVALID for one that is neither text, whole numbers nor
 *   truths.
 * @example
 * const activity = labelEncoder(columnNamed(rows, "activity"));
 * fitTransform(targetEncoder({ columns: ["place"] }), rows, activity.encode(columnNamed(rows, "activity")));
 */
export function labelEncoder(column: Column, given?: readonly string[]): LabelEncoder {
  const count = categoryCount(WHO, column, { maxDistinct: 2 ** 24 - 1 });
  if (given === undefined) count.add(column);
  const classes = given === undefined ? count.finish().categories : Object.freeze([...given]);
  return Object.freeze({
    classes,
    encode(rows: Column): Labels {
      const y = placesOf(WHO, rows, classes);
      const stray = y.findIndex((place) => place >= classes.length);
      if (stray < 0) return Object.freeze({ kind: "classes", y, classes });
      throw tidelineError("DATA_MALFORMED", {
        who: WHO,
        field: `column "${rows.name}", row ${stray}`,
        expected: `one of ${classes.slice(0, 10).join(", ")}${classes.length > 10 ? ", ..." : ""}`,
        received: y[stray] === classes.length ? "another value" : "none",
      });
    },
    decode(y: ArrayLike<number>, name: string): StringColumn {
      const codes = Int32Array.from(y);
      const wrong = codes.findIndex((code, row) => !(code >= 0 && code < classes.length && code === y[row]));
      if (wrong < 0) return Object.freeze({ kind: "string", name, codes, dictionary: classes });
      throw tidelineError("ARGUMENT_INVALID", {
        who: WHO,
        field: `y[${wrong}]`,
        expected: `a place among ${classes.length} classes`,
        received: String(y[wrong]),
      });
    },
  });
}

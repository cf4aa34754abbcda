import type { GraphBuilder } from "@tideline/graph";
import { ELEMENT_TYPES } from "@tideline/graph/element-type";
import { tidelineError } from "@tideline/spec/error";
import type { Column, ColumnKind, FrameSchema } from "../../frame/column.ts";
import { isMissing } from "../../frame/validity.ts";
import { namedForm } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { malformedState } from "../state-check.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";

/** What {@link missingIndicator} takes. */
export interface MissingIndicatorOptions {
  /** Marks for the columns that lacked a value in the training rows, or for all. Default "missing-only". */
  readonly features?: "missing-only" | "all";
}

const KIND = "missingIndicator";
const FORMS_OF = { features: namedForm("missing-only", "all") };
const ACCEPTS: readonly ColumnKind[] = [
  "float",
  "integer",
  "boolean",
  "string",
  "time",
  "vector",
  "series",
  "bytes",
];

/** Which inputs get a mark: 1 for each that does. */
type Marked = { readonly marked: Uint8Array };

/** The name of the mark of a column. */
export const markName = (name: string): string => `${name}_missing`;

/** The definition behind {@link missingIndicator}. */
export const MISSING_INDICATOR: TransformDef<MissingIndicatorOptions, Marked> = Object.freeze({
  kind: KIND,
  traits: { accepts: ACCEPTS, labels: "none", memory: "bounded", ordered: false } as const,
  forms: FORMS_OF,
  resolve: (given: MissingIndicatorOptions) =>
    resolveOptions(KIND, FORMS_OF, { features: "missing-only" }, given),
  begin({ features }: MissingIndicatorOptions, inputs: FrameSchema) {
    const marked = new Uint8Array(inputs.length).fill(features === "all" ? 1 : 0);
    let seen = 0;
    return {
      add(columns: readonly Column[], rows: number) {
        seen += rows;
        for (const [at, column] of columns.entries())
          for (let row = 0; row < rows && marked[at] === 0; row++) if (absent(column, row)) marked[at] = 1;
      },
      finish() {
        if (seen === 0 && features !== "all")
          throw tidelineError("NOT_ENOUGH_DATA", {
            who: KIND,
            expected: "at least one row",
            received: "none",
          });
        return { marked };
      },
    };
  },
  checkState({ marked }: Marked, _: MissingIndicatorOptions, inputs: FrameSchema) {
    if (!(marked instanceof Uint8Array) || marked.length !== inputs.length)
      throw malformedState(KIND, "marked", `${inputs.length} bytes`, typeof marked);
  },
  outputs: ({ marked }: Marked, _: MissingIndicatorOptions, inputs: FrameSchema) =>
    inputs
      .filter((_column, at) => marked[at] === 1)
      .map(({ name }) => ({ name: markName(name), kind: "boolean" as const })),
  apply: ({ marked }: Marked, _: MissingIndicatorOptions, columns: readonly Column[], rows: number) =>
    columns
      .filter((_column, at) => marked[at] === 1)
      .map((column): Column => {
        const values = new Uint8Array(rows);
        for (let row = 0; row < rows; row++) values[row] = absent(column, row) ? 1 : 0;
        return { kind: "boolean", name: markName(column.name), values };
      }),
  lower: ({ marked }: Marked, _: MissingIndicatorOptions, g: GraphBuilder, columns: readonly GraphColumn[]) =>
    columns.filter((_column, at) => marked[at] === 1).map((column) => lowerMark(g, column)),
});

/** Whether a row is missing; the empty text is. */
function absent(column: Column, row: number): boolean {
  return isMissing(column, row) || (column.kind === "string" && column.dictionary[column.codes[row]!] === "");
}

function lowerMark(g: GraphBuilder, column: GraphColumn): GraphColumn {
  const name = markName(column.name);
  const as = (value: ReturnType<GraphBuilder["op"]>): GraphColumn => ({
    kind: "number",
    name,
    width: 1,
    value: g.op("Cast", [value], { to: ELEMENT_TYPES.float32.code }),
  });
  switch (column.kind) {
    case "time":
      return as(g.op("IsNaN", [column.value]));
    case "number": {
      const first =
        column.width === 1 ? column.value : g.op("Gather", [column.value, g.ints([0])], { axis: 1 });
      return as(g.op("IsNaN", [first]));
    }
    case "codes": {
      const int = (number: number) => g.constant(BigInt64Array.of(BigInt(number)), [1, 1]);
      const less = g.op("Less", [column.value, int(0)]);
      const empty = column.dictionary.indexOf("");
      return as(empty < 0 ? less : g.op("Or", [less, g.op("Equal", [column.value, int(empty)])]));
    }
    case "text":
      throw tidelineError("RUNTIME_UNSUPPORTED", {
        who: KIND,
        field: `column "${column.name}"`,
        expected: "codes of a dictionary",
        received: "texts, which no operator of our graphs compares",
      });
  }
}

/**
 * Marks where values are missing: a truth `name_missing` for each column, as scikit-learn's MissingIndicator. Use it before an imputer,
 * with `keep: true`.
 *
 * A fit throws NOT_ENOUGH_DATA without rows.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * chain([missingIndicator({ columns: ["age"], keep: true }), simpleImputer({ columns: ["age"] })]);
 */
export function missingIndicator(options: MissingIndicatorOptions & Selection = {}): Transform {
  return transformOf(MISSING_INDICATOR, options);
}

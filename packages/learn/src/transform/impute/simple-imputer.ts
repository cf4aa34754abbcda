import type { GraphBuilder } from "@tideline/graph";
import { tidelineError } from "@tideline/spec/error";
import type { Column, ColumnSchema, FrameSchema } from "../../frame/column.ts";
import { illegalOption } from "../../net/check-option.ts";
import { eitherForm, FORMS, namedForm } from "../../net/estimator/option-form.ts";
import { joinFields } from "../crew/columnwise.ts";
import { laneCount, laneNames, lanesOf, widthOf, type Lane } from "../lane.ts";
import { resolveOptions } from "../resolve-options.ts";
import { checkFloats, malformedState } from "../state-check.ts";
import type { Fitting, GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { fillColumn, fillLane } from "./fill-column.ts";
import { lowerFill } from "./lower-fill.ts";
import { numberFit } from "./number-fill.ts";
import { textFit } from "./text-fill.ts";

/** What {@link simpleImputer} takes. */
export interface SimpleImputerOptions {
  /** Strings have no mean and no median. Default "mean". */
  readonly strategy?: "mean" | "median" | "most_frequent" | "constant";
  /** What "constant" fills with. Default 0, and `missing_value` for strings. */
  readonly fillValue?: number | string | boolean;
}

const KIND = "simpleImputer";
const FORMS_OF = {
  strategy: namedForm("mean", "median", "most_frequent", "constant"),
  fillValue: eitherForm(
    { expected: "a finite number", fits: (value) => typeof value === "number" && Number.isFinite(value) },
    FORMS.text,
    FORMS.truth,
  ),
};

/** What is filled in: a number for each number of a row, in order, and a text for each column of strings. */
export type Fills = { readonly numbers: Float64Array; readonly texts: readonly string[] };

/** The columns of numbers among inputs, and those of strings. */
export const isText = ({ kind }: { readonly kind: string }): boolean => kind === "string";

/** The definition behind {@link simpleImputer}. */
export const SIMPLE_IMPUTER: TransformDef<SimpleImputerOptions, Fills> = Object.freeze({
  kind: KIND,
  traits: {
    accepts: ["float", "integer", "boolean", "string", "time", "vector"],
    labels: "none",
    memory: "bounded",
    ordered: false,
  } as const,
  forms: FORMS_OF,
  resolve(given: SimpleImputerOptions) {
    const options = resolveOptions(KIND, FORMS_OF, { strategy: "mean" }, given);
    if (options.fillValue !== undefined && options.strategy !== "constant")
      throw illegalOption(
        KIND,
        "fillValue",
        'none, unless strategy is "constant"',
        String(options.fillValue),
      );
    return options;
  },
  begin: (options: SimpleImputerOptions, inputs: FrameSchema) => beginFills(options, inputs),
  checkState(state: Fills, _: SimpleImputerOptions, inputs: FrameSchema) {
    checkFloats(KIND, state, { numbers: widthOf(inputs.filter((column) => !isText(column))) });
    const { texts } = state;
    const count = inputs.filter(isText).length;
    if (!Array.isArray(texts) || texts.length !== count || !texts.every((text) => typeof text === "string"))
      throw malformedState(KIND, "texts", `${count} texts`, typeof texts);
  },
  outputs: (_: Fills, options: SimpleImputerOptions, inputs: FrameSchema) =>
    inputs.map((column) => filledSchema(column, options)),
  apply(state: Fills, options: SimpleImputerOptions, columns: readonly Column[], rows: number) {
    let [lane, text] = [0, 0];
    return columns.map((column) => {
      if (column.kind === "string") return fillColumn(column, rows, state.texts[text++]!);
      const from = lane;
      lane += column.kind === "vector" ? column.width : 1;
      const whole = filledSchema(column, options).kind === "boolean";
      return fillColumn(column, rows, state.numbers.subarray(from, lane), whole);
    });
  },
  // Chains ask for columns of floats and whole numbers alone, of which each is a lane.
  pointwise: {
    keepsUnit: true,
    applyLane: (state: Fills, _: SimpleImputerOptions, at: number, from: Lane, to: Lane, rows: number) =>
      fillLane(from, to, rows, state.numbers[at]!),
  },
  columnwise: { outputs: () => "places" as const, join: joinFields<Fills> },
  lower: (state: Fills, _: SimpleImputerOptions, g: GraphBuilder, columns: readonly GraphColumn[]) =>
    lowerFill(KIND, state, g, columns),
});

/** Whole numbers become floats, unless what fills is as whole as they are; truths stay truths where a truth fills. */
function filledSchema(column: ColumnSchema, { strategy }: SimpleImputerOptions): ColumnSchema {
  const { name, kind, width, unit } = column;
  const measured = unit === undefined ? {} : { unit };
  if (kind === "boolean" && (strategy === "most_frequent" || strategy === "constant")) return { name, kind };
  if (kind === "integer" || kind === "boolean") return { name, kind: "float", ...measured };
  return kind === "vector" ? { name, kind, width: width!, ...measured } : { name, kind, ...measured };
}

function beginFills(options: SimpleImputerOptions, inputs: FrameSchema): Fitting<Fills> {
  const { strategy, fillValue } = options;
  const text = inputs.find(isText);
  if (text !== undefined && (strategy === "mean" || strategy === "median"))
    throw wrongColumn(text, "numbers", `strings, which have no ${strategy}`);
  const constant = strategy === "constant" ? constantFills(fillValue, inputs) : undefined;
  const names = laneNames(inputs.filter((column) => !isText(column)));
  const numbers = names.map((name) => numberFit(KIND, strategy!, name));
  const texts = inputs.filter(isText).map(({ name }) => textFit(KIND, name));
  return {
    add(columns, rows) {
      if (constant !== undefined) return;
      const lanes = lanesOf(
        columns.filter((column) => !isText(column)),
        KIND,
      );
      for (const [at, fit] of numbers.entries()) fit.add(lanes[at]!, rows);
      for (const [at, column] of columns.filter((one) => one.kind === "string").entries())
        texts[at]!.add(column);
    },
    finish: () =>
      constant ?? {
        numbers: Float64Array.from(numbers, (fit) => fit.finish()),
        texts: texts.map((fit) => fit.finish()),
      },
  };
}

function constantFills(value: SimpleImputerOptions["fillValue"], inputs: FrameSchema): Fills {
  for (const column of inputs) {
    if (value === undefined) continue;
    if (isText(column) !== (typeof value === "string"))
      throw wrongColumn(column, `what ${JSON.stringify(value)} can fill`, column.kind);
  }
  const number = value === undefined || typeof value === "string" ? 0 : Number(value);
  return {
    numbers: new Float64Array(
      inputs.reduce((sum, column) => sum + (isText(column) ? 0 : laneCount(column)), 0),
    ).fill(number),
    texts: inputs.filter(isText).map(() => (typeof value === "string" ? value : "missing_value")),
  };
}

function wrongColumn(column: ColumnSchema, expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", {
    who: KIND,
    field: `column "${column.name}"`,
    expected,
    received,
    remedy: "Name the columns of one kind in `columns`, and use an imputer for each kind.",
  });
}

/**
 * Fills what is missing with the mean, the median, the most frequent value (of equally frequent ones the least) or a constant,
 * as scikit-learn's SimpleImputer. In strings the empty text is missing, too. Medians are exact to 4,194,304 numbers a column.
 *
 * A fit throws NOT_ENOUGH_DATA for a column that is missing altogether.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not or contradict each other.
 * @example
 * fitTransform(simpleImputer({ strategy: "median", columns: ["age"] }), rows);
 */
export function simpleImputer(options: SimpleImputerOptions & Selection = {}): Transform {
  return transformOf(SIMPLE_IMPUTER, options);
}

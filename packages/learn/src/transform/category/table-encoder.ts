import type { Column, ColumnSchema, FrameSchema } from "../../frame/column.ts";
import type { OptionForm } from "../../net/estimator/option-form.ts";
import { unpackColumns } from "../number-graph.ts";
import { resolveOptions } from "../resolve-options.ts";
import { malformedState } from "../state-check.ts";
import type { Labels, StateValue, TransformDef, TransformTraits } from "../transform-def.ts";
import { CATEGORY_KINDS } from "./category-kind.ts";
import { checkCategoryStates, type CategoryState } from "./category-state.ts";
import { lowerTable } from "./lower-place.ts";
import { placesOf, placesOfCodes } from "./place.ts";
import { refuseUnknown } from "./refuse-unknown.ts";

/** What a table encoder learnt of a column: numbers for each category, for another value and for a missing one. */
export type TableColumn = CategoryState & {
  /** [K + 2, width] */
  readonly table: Float64Array;
  /** [width], what stands behind the column's name in those of the outputs; `""` takes the column's place. */
  readonly suffixes: readonly string[];
};

/** The state of a table encoder. */
export type TableState = { readonly [field: string]: StateValue } & {
  readonly columns: readonly TableColumn[];
};

/** A fit of one column in progress. */
export interface TableFit {
  add(column: Column, rows: number, labels?: Labels): void;
  finish(): TableColumn;
}

/** A transform that writes numbers for each category. */
export interface TableEncoderDef<Options extends object> {
  readonly kind: string;
  readonly forms: Readonly<Record<string, OptionForm>>;
  readonly defaults: object;
  readonly needed?: readonly string[];
  readonly labels?: TransformTraits["labels"];
  readonly ordered?: boolean;
  /** Further checks of options that go together. @throws DEFINITION_ILLEGAL */
  check?(options: Options): void;
  fitColumn(options: Options, column: ColumnSchema): TableFit;
  /** Whether a value that the fit did not see is refused. */
  refuses?(options: Options): boolean;
}

/** The definition of a transform that writes numbers for each category: a look-up, on frames and in graphs. */
export function tableEncoder<Options extends object>(
  def: TableEncoderDef<Options>,
): TransformDef<Options, TableState> {
  const { kind } = def;
  const outputsOf = ({ columns }: TableState, inputs: FrameSchema) =>
    inputs.map(({ name }, at) => columns[at]!.suffixes.map((suffix) => `${name}${suffix}`));
  return Object.freeze({
    kind,
    traits: Object.freeze({
      accepts: CATEGORY_KINDS,
      labels: def.labels ?? ("none" as const),
      memory: "bounded" as const,
      ordered: def.ordered ?? false,
    }),
    forms: def.forms,
    resolve(given: Options): Options {
      const options = resolveOptions(kind, def.forms, def.defaults, given, def.needed);
      def.check?.(options);
      return options;
    },
    begin(options: Options, inputs: FrameSchema) {
      const fits = inputs.map((column) => def.fitColumn(options, column));
      return {
        add(columns: readonly Column[], rows: number, labels?: Labels) {
          for (const [at, fit] of fits.entries()) fit.add(columns[at]!, rows, labels);
        },
        finish: () => ({ columns: fits.map((fit) => fit.finish()) }),
      };
    },
    checkState(state: TableState, _: Options, inputs: FrameSchema) {
      for (const column of checkCategoryStates(kind, state, inputs.length)) {
        const { table, suffixes, categories } = column as Partial<TableColumn> & CategoryState;
        if (!Array.isArray(suffixes) || !suffixes.every((suffix) => typeof suffix === "string"))
          throw malformedState(kind, "suffixes", "texts", typeof suffixes);
        const length = (categories.length + 2) * suffixes.length;
        if (!(table instanceof Float64Array) || table.length !== length)
          throw malformedState(kind, "table", `${length} float64 numbers`, table?.length);
      }
    },
    outputs: (state: TableState, _: Options, inputs: FrameSchema): FrameSchema =>
      outputsOf(state, inputs).flatMap((names) => names.map((name) => ({ name, kind: "float" as const }))),
    apply(state: TableState, options: Options, columns: readonly Column[]) {
      const refuses = def.refuses?.(options) ?? false;
      return columns.flatMap((column, at) => applyColumn(kind, column, state.columns[at]!, refuses));
    },
    // Some take the places of their inputs; that outputs have names of their own is the weaker promise.
    columnwise: {
      outputs: () => (def.labels === undefined && def.ordered !== true ? ("names" as const) : undefined),
      join: (states: readonly TableState[]) => ({ columns: states.flatMap(({ columns }) => columns) }),
    },
    lower: (state: TableState, _: Options, g, columns) =>
      columns.flatMap((column, at) => {
        const own = state.columns[at]!;
        const width = own.suffixes.length;
        const whole = lowerTable(kind, g, column, own, own.table, width);
        return unpackColumns(
          g,
          whole,
          own.suffixes.map((suffix) => ({ name: `${column.name}${suffix}`, width: 1 })),
        );
      }),
  } satisfies TransformDef<Options, TableState>);
}

function applyColumn(
  who: string,
  column: Column,
  { categories, table, suffixes }: TableColumn,
  refuses: boolean,
): readonly Column[] {
  const codePlaces = column.kind === "string" && !refuses ? placesOfCodes(column, categories) : undefined;
  if (column.kind === "string" && codePlaces !== undefined)
    return suffixes.map((suffix, at) => {
      const numbers = Float64Array.from(codePlaces, (place) => table[place * suffixes.length + at]!);
      const { codes } = column;
      const values = new Float64Array(codes.length);
      for (let row = 0; row < values.length; row++) values[row] = numbers[codes[row]! + 1]!;
      return { kind: "float", name: `${column.name}${suffix}`, values };
    });
  const places = placesOf(who, column, categories);
  if (refuses) refuseUnknown(who, column, places, categories.length);
  const width = suffixes.length;
  return suffixes.map((suffix, at) => {
    const values = new Float64Array(places.length);
    if (width === 1) for (let row = 0; row < values.length; row++) values[row] = table[places[row]!]!;
    else for (let row = 0; row < values.length; row++) values[row] = table[places[row]! * width + at]!;
    return { kind: "float", name: `${column.name}${suffix}`, values };
  });
}

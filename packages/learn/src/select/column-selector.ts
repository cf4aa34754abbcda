import { tidelineError } from "@tideline/spec";
import { FORMS, listForm, namedForm } from "../net/estimator/option-form.ts";
import { illegalOption } from "../net/check-option.ts";
import { resolveOptions } from "../transform/resolve-options.ts";
import type { StateValue, TransformDef, TransformTraits } from "../transform/transform-def.ts";
import { transformOf, type Transform } from "../transform/transform.ts";
import { gatherRows } from "./gather-table.ts";
import { selectL1, type L1Options } from "./select-l1.ts";
import { selectMrmr, type MrmrOptions } from "./select-mrmr.ts";
import { selectStable, type StableOptions } from "./select-stable.ts";
import { selectUncorrelated, type UncorrelatedOptions } from "./select-uncorrelated.ts";
import { selectVariance, type VarianceOptions } from "./select-variance.ts";
import type { DroppedColumn, Selected, Selector } from "./selected.ts";
import {
  selectFdr,
  selectFpr,
  selectFwe,
  selectKBest,
  selectPercentile,
  type ErrorRateOptions,
  type KBestOptions,
  type PercentileOptions,
} from "./univariate.ts";

/** The selections that a chain can fit, with their options. */
export interface SelectionMethods {
  readonly variance: VarianceOptions;
  readonly uncorrelated: UncorrelatedOptions;
  readonly kBest: KBestOptions;
  readonly percentile: PercentileOptions;
  readonly fpr: ErrorRateOptions;
  readonly fdr: ErrorRateOptions;
  readonly fwe: ErrorRateOptions;
  readonly l1: Omit<L1Options, "groups">;
  readonly stable: Omit<StableOptions, "groups">;
  readonly mrmr: MrmrOptions;
}

interface Method<Options> {
  readonly select: (options: Options) => Selector<Selected>;
  readonly labels: TransformTraits["labels"];
}

const METHODS: { readonly [Name in keyof SelectionMethods]: Method<SelectionMethods[Name]> } = {
  variance: { select: selectVariance, labels: "none" },
  uncorrelated: { select: selectUncorrelated, labels: "optional" },
  kBest: { select: selectKBest, labels: "required" },
  percentile: { select: selectPercentile, labels: "required" },
  fpr: { select: selectFpr, labels: "required" },
  fdr: { select: selectFdr, labels: "required" },
  fwe: { select: selectFwe, labels: "required" },
  l1: { select: selectL1, labels: "required" },
  stable: { select: selectStable, labels: "required" },
  mrmr: { select: selectMrmr, labels: "required" },
};

/** What {@link columnSelector} takes: a method with its options, or the outcome of a selection. */
export interface ColumnSelectorOptions {
  /** Default "variance". */
  readonly method?: keyof SelectionMethods;
  /** The options of the method, as the selection of that name takes them. */
  readonly with?: Readonly<Record<string, unknown>>;
  /** Instead of a method: the columns that stay, `kept` of any selection. */
  readonly names?: readonly string[];
}

/** What a fit keeps. */
export interface ColumnSelectorState {
  readonly [field: string]: StateValue;
  readonly kept: readonly string[];
  readonly dropped: readonly { readonly [field: string]: StateValue }[];
}

const KIND = "columnSelector";

const PLAIN = {
  expected: "an object with the options of the method",
  fits: (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/** The definition behind {@link columnSelector}. */
export const COLUMN_SELECTOR: TransformDef<ColumnSelectorOptions, ColumnSelectorState> = {
  kind: KIND,
  traits: {
    accepts: ["float", "integer", "boolean", "string", "time", "vector", "series", "bytes"],
    labels: "optional",
    memory: "rows",
    ordered: false,
    passes: true,
  },
  traitsOf: ({ names, method = "variance" }) =>
    names === undefined ? { labels: METHODS[method].labels } : { labels: "none", memory: "bounded" },
  forms: { method: namedForm(...Object.keys(METHODS)), with: PLAIN, names: listForm(FORMS.text) },
  resolve(given) {
    const options = resolveOptions(KIND, this.forms!, {}, given);
    const { names, method, with: own } = options;
    if (names !== undefined && (method !== undefined || own !== undefined))
      throw illegalOption(KIND, "names", "none beside a method", `${names.length} names`);
    if (names?.length === 0) throw illegalOption(KIND, "names", "at least one name", "none");
    if (names !== undefined) return options;
    selectorOf(options);
    return Object.freeze({ method: method ?? "variance", with: Object.freeze({ ...own }) });
  },
  begin(options, inputs) {
    const { names } = options;
    const all = inputs.map(({ name }) => name);
    const unknown = names?.find((name) => !all.includes(name));
    if (unknown !== undefined)
      throw tidelineError("ARGUMENT_INVALID", {
        who: KIND,
        field: "names",
        expected: `one of ${all.map((name) => `"${name}"`).join(", ")}`,
        received: `"${unknown}"`,
      });
    const rows = gatherRows(all);
    return {
      add(columns, count, labels) {
        if (names === undefined) rows.add(columns, count, labels);
      },
      finish() {
        if (names !== undefined) return named(all, names);
        const { kept, dropped } = selectorOf(options).fit(rows.table(), rows.labels());
        if (kept.length === 0)
          throw tidelineError("NOT_ENOUGH_DATA", {
            who: KIND,
            field: options.method ?? "variance",
            expected: "at least one column that stays",
            received: `none: ${dropped[0] === undefined ? "there is none" : dropped[0].reason}`,
          });
        return { kept, dropped: dropped.map((column) => ({ ...column })) };
      },
    };
  },
  checkState({ kept }, _, inputs) {
    const wrong = (expected: string, received: string) =>
      tidelineError("MODEL_MALFORMED", { who: KIND, field: "kept", expected, received });
    if (!Array.isArray(kept)) throw wrong("a list of names", typeof kept);
    const unknown = kept.find((name) => !inputs.some((column) => column.name === name));
    if (unknown !== undefined) throw wrong("names of the inputs", String(unknown));
  },
  outputs: ({ kept }, _, inputs) => inputs.filter(({ name }) => kept.includes(name)),
  apply: ({ kept }, _, columns) => columns.filter(({ name }) => kept.includes(name)),
  lower: ({ kept }, _, __, columns) => columns.filter(({ name }) => kept.includes(name)),
};

/**
 * A selection as a step of a chain: fitted with the other transforms, it lets the kept columns pass and drops the rest; in a
 * graph, too. Within a fold it is fitted on that fold's training rows, which is where a selection belongs. Selections that ask
 * models (`selectRfe`, `selectPermutation`, ...) are fitted before: give their `kept` as `names`.
 *
 * @throws DEFINITION_ILLEGAL for options of the method; from a fit what the selection throws.
 * @example
 * columnSelector({ method: "kBest", with: { score: "fClassif", k: 20 } });
 * columnSelector({ names: selected.kept });
 */
export function columnSelector<Name extends keyof SelectionMethods>(
  options:
    | { readonly method?: Name; readonly with?: SelectionMethods[Name] }
    | { readonly names: readonly string[] } = {},
): Transform {
  return transformOf(COLUMN_SELECTOR, options as ColumnSelectorOptions);
}

function selectorOf({ method = "variance", with: own = {} }: ColumnSelectorOptions): Selector<Selected> {
  return (METHODS[method].select as (options: object) => Selector<Selected>)(own);
}

function named(all: readonly string[], names: readonly string[]): ColumnSelectorState {
  const dropped = all
    .filter((name) => !names.includes(name))
    .map((name): DroppedColumn => ({ name, reason: "not among the names", score: NaN }));
  return {
    kept: all.filter((name) => names.includes(name)),
    dropped: dropped.map((column) => ({ ...column })),
  };
}

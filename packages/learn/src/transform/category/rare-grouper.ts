import type { GraphBuilder } from "@tideline/graph";
import type { Column, FrameSchema, StringColumn } from "../../frame/column.ts";
import { namedForm } from "../../net/estimator/option-form.ts";
import { resolveOptions } from "../resolve-options.ts";
import { malformedState } from "../state-check.ts";
import type { GraphColumn, StateValue, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_KINDS } from "./category-kind.ts";
import {
  CATEGORY_DEFAULTS,
  CATEGORY_FORMS,
  INFREQUENT_FORMS,
  NAME_FORM,
  type CategoryOptions,
} from "./category-option.ts";
import { checkCategoryStates, type CategoryState } from "./category-state.ts";
import { infrequentOf, type InfrequentOptions } from "./infrequent.ts";
import { categoryCount } from "./learnt-category.ts";
import { lowerIndex } from "./lower-place.ts";
import { placesOf } from "./place.ts";

/** What {@link rareGrouper} takes. */
export interface RareGrouperOptions extends Pick<CategoryOptions, "maxDistinct">, InfrequentOptions {
  /** The text that stands for all rare categories. Default `"(other)"`. */
  readonly other?: string;
  /** What a value becomes that the fit did not see: the rarest there is, or a missing one. Default `"other"`. */
  readonly handleUnknown?: "other" | "missing";
}

type GroupColumn = CategoryState & {
  /** [K + 2], a place in `dictionary` for each category, another value and a missing one; -1 is missing. */
  readonly codes: Int32Array;
  readonly dictionary: readonly string[];
};
type GroupState = { readonly [field: string]: StateValue } & { readonly columns: readonly GroupColumn[] };

const KIND = "rareGrouper";

/** The definition behind {@link rareGrouper}. */
export const RARE_GROUPER: TransformDef<RareGrouperOptions, GroupState> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: CATEGORY_KINDS,
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: {
    maxDistinct: CATEGORY_FORMS.maxDistinct,
    ...INFREQUENT_FORMS,
    other: NAME_FORM,
    handleUnknown: namedForm("other", "missing"),
  },
  resolve: (given: RareGrouperOptions): RareGrouperOptions =>
    resolveOptions(
      KIND,
      RARE_GROUPER.forms!,
      { ...CATEGORY_DEFAULTS, minFrequency: 0.01, other: "(other)", handleUnknown: "other" },
      given,
    ),
  begin(options: RareGrouperOptions, inputs: FrameSchema) {
    const counts = inputs.map((column) => categoryCount(KIND, column, options));
    return {
      add(columns: readonly Column[]) {
        for (const [at, count] of counts.entries()) count.add(columns[at]!);
      },
      finish: () => ({
        columns: counts.map((count): GroupColumn => {
          const { kind, categories, counts: own, rows } = count.finish();
          const rare = infrequentOf(own, rows, options);
          const kept = categories.filter((text, place) => rare?.[place] !== 1 && text !== options.other);
          const dictionary = Object.freeze([...kept, options.other!]);
          const places = new Map(kept.map((text, code) => [text, code]));
          const codes = new Int32Array(categories.length + 2).fill(kept.length);
          for (const [place, text] of categories.entries()) codes[place] = places.get(text) ?? kept.length;
          if (options.handleUnknown === "missing") codes[categories.length] = -1;
          codes[categories.length + 1] = -1;
          return { kind, categories, codes, dictionary };
        }),
      }),
    };
  },
  checkState(state: GroupState, _: RareGrouperOptions, inputs: FrameSchema) {
    for (const column of checkCategoryStates(KIND, state, inputs.length)) {
      const { codes, dictionary, categories } = column as Partial<GroupColumn> & CategoryState;
      if (!Array.isArray(dictionary) || !dictionary.every((text) => typeof text === "string"))
        throw malformedState(KIND, "dictionary", "texts", typeof dictionary);
      if (!(codes instanceof Int32Array) || codes.length !== categories.length + 2)
        throw malformedState(KIND, "codes", `${categories.length + 2} whole numbers`, typeof codes);
      if (codes.some((code) => code < -1 || code >= dictionary.length))
        throw malformedState(KIND, "codes", "places in the dictionary", "others");
    }
  },
  outputs: (_: GroupState, _options: RareGrouperOptions, inputs: FrameSchema): FrameSchema =>
    inputs.map(({ name }) => ({ name, kind: "string" })),
  apply: (state: GroupState, _: RareGrouperOptions, columns: readonly Column[]) =>
    columns.map((column, at): StringColumn => {
      const { categories, codes: codeOf, dictionary } = state.columns[at]!;
      const codes = placesOf(KIND, column, categories);
      for (let row = 0; row < codes.length; row++) codes[row] = codeOf[codes[row]!]!;
      return { kind: "string", name: column.name, codes, dictionary };
    }),
  lower: (state: GroupState, _: RareGrouperOptions, g: GraphBuilder, columns: readonly GraphColumn[]) =>
    columns.map((column, at): GraphColumn => {
      const own = state.columns[at]!;
      const value = lowerIndex(KIND, g, column, own, (place) => own.codes[place]!);
      return { kind: "codes", name: column.name, value, dictionary: own.dictionary };
    }),
});

/**
 * Puts rare categories into one, `(other)`: those of less than `minFrequency` (by default one of a hundred rows), and
 * those beyond the `maxCategories` most frequent, the group included. Values that the fit did not see belong to it too.
 * What comes out is a column of texts for any encoder; inside a graph it is codes.
 *
 * A fit throws NOT_ENOUGH_DATA for a column without values, DATA_MALFORMED for one of more than `maxDistinct`.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * fitTransform(rareGrouper({ columns: ["device_model"], maxCategories: 50 }), rows).transform(rows);
 */
export function rareGrouper(options: RareGrouperOptions & Selection = {}): Transform {
  return transformOf(RARE_GROUPER, options);
}

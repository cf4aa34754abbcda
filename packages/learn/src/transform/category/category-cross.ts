import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema, StringColumn } from "../../frame/column.ts";
import { resolveOptions } from "../resolve-options.ts";
import type { GraphColumn, TransformDef } from "../transform-def.ts";
import { transformOf, type Selection, type Transform } from "../transform.ts";
import { CATEGORY_KINDS } from "./category-kind.ts";
import { CATEGORY_FORMS, NAME_FORM, type CategoryOptions } from "./category-option.ts";
import { crossFit } from "./cross-fit.ts";
import { checkCrossState, crossStages, crossTexts, type CrossStage, type CrossState } from "./cross-state.ts";
import { lowerIndex } from "./lower-place.ts";
import { placesOf } from "./place.ts";

/** What {@link crossOf} takes. */
export interface CategoryCrossOptions extends Pick<CategoryOptions, "maxDistinct"> {
  /** The name of the new column. Default: those of its columns with ` x ` between them. */
  readonly name?: string;
}

const KIND = "categoryCross";

/** Entries of a table in a graph: 32 MB of int64. */
const LARGEST_TABLE = 4_194_304;

/** The definition behind {@link crossOf}. */
export const CATEGORY_CROSS: TransformDef<CategoryCrossOptions, CrossState> = Object.freeze({
  kind: KIND,
  traits: Object.freeze({
    accepts: CATEGORY_KINDS,
    labels: "none" as const,
    memory: "bounded" as const,
    ordered: false,
  }),
  forms: { maxDistinct: CATEGORY_FORMS.maxDistinct, name: NAME_FORM },
  resolve: (given: CategoryCrossOptions): CategoryCrossOptions =>
    resolveOptions(KIND, CATEGORY_CROSS.forms!, { maxDistinct: 100_000 }, given),
  begin: (options: CategoryCrossOptions, inputs: FrameSchema) => crossFit(KIND, inputs, options),
  checkState: (state: CrossState, _: CategoryCrossOptions, inputs: FrameSchema) =>
    checkCrossState(KIND, state, inputs.length),
  outputs: (_: CrossState, options: CategoryCrossOptions, inputs: FrameSchema): FrameSchema => [
    { name: nameOf(options, inputs), kind: "string" },
  ],
  apply(state: CrossState, options: CategoryCrossOptions, columns: readonly Column[], rows: number) {
    const places = columns.map((column, at) => placesOf(KIND, column, state.columns[at]!.categories));
    const stages = crossStages(state);
    const codes = new Int32Array(rows);
    for (let row = 0; row < rows; row++) {
      let prefix = 0;
      for (let at = 0; at < stages.length && prefix >= 0; at++) {
        const { next, places: count } = stages[at]!;
        const place = places[at]![row]!;
        prefix = place >= count ? -1 : (next.get(prefix * count + place) ?? -1);
      }
      codes[row] = prefix;
    }
    const dictionary = crossTexts(state);
    return [{ kind: "string", name: nameOf(options, columns), codes, dictionary } satisfies StringColumn];
  },
  lower(state: CrossState, options: CategoryCrossOptions, g: GraphBuilder, columns: readonly GraphColumn[]) {
    let prefix: Value | undefined;
    for (const [at, stage] of crossStages(state).entries()) {
      // One more place stands for what is none of the categories.
      const place = lowerIndex(KIND, g, columns[at]!, state.columns[at]!, (own) =>
        Math.min(own, stage.places),
      );
      const last = at === columns.length - 1;
      prefix = lowerStage(g, prefix, place, stage, last);
    }
    const dictionary = crossTexts(state);
    return [{ kind: "codes" as const, name: nameOf(options, columns), value: prefix!, dictionary }];
  },
});

/** The longer combination of each row, [N, 1]; where there is none as many as there are, or -1 at the last stage. */
function lowerStage(
  g: GraphBuilder,
  prefix: Value | undefined,
  place: Value,
  { prefixes, places, next }: CrossStage,
  last: boolean,
): Value {
  const size = (prefixes + 1) * (places + 1);
  if (size > LARGEST_TABLE)
    throw tidelineError("RUNTIME_UNSUPPORTED", {
      who: KIND,
      expected: `tables of at most ${LARGEST_TABLE} combinations in a graph`,
      received: `${prefixes} times ${places}`,
      remedy: "Group rare categories first (rareGrouper).",
    });
  const table = new BigInt64Array(size).fill(BigInt(last ? -1 : next.size));
  for (const [key, to] of next) {
    const own = key % places;
    table[((key - own) / places) * (places + 1) + own] = BigInt(to);
  }
  const start = prefix && g.op("Mul", [prefix, g.scalar(places + 1, "int64")]);
  return g.op("Gather", [g.constant(table), start === undefined ? place : g.op("Add", [start, place])]);
}

function nameOf({ name }: CategoryCrossOptions, columns: readonly { readonly name: string }[]): string {
  return name ?? columns.map((column) => column.name).join(" x ");
}

/**
 * One column of the combinations of several, as texts `Bonn|red`: those seen in the fit, for an encoder after it, so that
 * a linear model can tell a pair from its parts. A combination that the fit did not see, and one of which a part is
 * missing, is missing. The columns stay beside it.
 *
 * A fit throws DATA_MALFORMED for more than `maxDistinct` combinations (default 100,000), naming the columns, and
 * NOT_ENOUGH_DATA where no row has all parts. Inside a graph it is codes, by tables of at most 4,194,304 entries.
 *
 * @throws DEFINITION_ILLEGAL for options that there are not.
 * @example
 * const fitted = fitTransform(crossOf(["city", "colour"]), rows);
 * fitted.transform(rows); // with the column "city x colour"
 */
export function crossOf(
  columns: readonly string[],
  options: CategoryCrossOptions & Pick<Selection, "keep"> = {},
): Transform {
  return transformOf(CATEGORY_CROSS, { keep: true, ...options, columns });
}

import { tidelineError } from "@tideline/spec";
import type { Column, FrameSchema } from "../../frame/column.ts";
import type { Fitting } from "../transform-def.ts";
import type { CategoryOptions } from "./category-option.ts";
import { compareRows, type CrossState } from "./cross-state.ts";
import { categoryCount } from "./learnt-category.ts";

/** Ids of one column are below this: what a map of V8 holds. A pair of ids is exact in a float64. */
const IDS = 2 ** 24;

/** Begins to count the combinations of columns. Errors of `add`: DATA_MALFORMED for more than `maxDistinct`. */
export function crossFit(who: string, inputs: FrameSchema, options: CategoryOptions): Fitting<CrossState> {
  const { maxDistinct: limit = 1 } = options;
  const counts = inputs.map((column) => categoryCount(who, column, options));
  // By column: from the combination of the columns before and the id of this one to the longer combination.
  const stages = inputs.map(() => new Map<number, number>());
  const found: number[] = [];

  function longer(stage: Map<number, number>, prefix: number, id: number): number {
    const key = prefix * IDS + id;
    const known = stage.get(key);
    if (known !== undefined) return known;
    if (stage.size >= limit) throw tooMany(who, inputs, limit);
    stage.set(key, stage.size);
    return stage.size - 1;
  }

  return {
    add(columns: readonly Column[], rows: number) {
      const ids = counts.map((count, at) => count.read(columns[at]!));
      const last = stages.at(-1)!;
      for (let row = 0; row < rows; row++) {
        let prefix = 0;
        for (let at = 0; at < ids.length && prefix >= 0; at++) {
          const id = ids[at]![row]!;
          prefix = id < 0 ? -1 : longer(stages[at]!, prefix, id);
        }
        if (prefix >= 0 && found.length < last.size * ids.length)
          for (const own of ids) found.push(own[row]!);
      }
    },
    finish() {
      const learnt = counts.map((count) => count.finish());
      const width = inputs.length;
      const placeOf = learnt.map(({ order }) => {
        const places = new Int32Array(order.length);
        for (const [place, id] of order.entries()) places[id] = place;
        return places;
      });
      const rows = Int32Array.from(found, (id, at) => placeOf[at % width]![id]!);
      const order = Int32Array.from({ length: rows.length / width }, (_, at) => at * width);
      order.sort((a, b) => compareRows(rows, a, b, width));
      const combinations = new Int32Array(rows.length);
      for (const [at, start] of order.entries())
        combinations.set(rows.subarray(start, start + width), at * width);
      if (combinations.length === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who,
          field: inputs.map(({ name }) => `"${name}"`).join(", "),
          expected: "at least one row with a value in each column",
          received: "none",
        });
      return { columns: learnt.map(({ kind, categories }) => ({ kind, categories })), combinations };
    },
  };
}

function tooMany(who: string, inputs: FrameSchema, limit: number): Error {
  return tidelineError("DATA_MALFORMED", {
    who,
    field: `columns ${inputs.map(({ name }) => `"${name}"`).join(", ")}`,
    expected: `at most ${limit} different combinations`,
    received: "more",
    remedy: "Group rare categories first (rareGrouper), raise maxDistinct, or use featureHasher.",
  });
}

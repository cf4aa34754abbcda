import { columnNamed, columnOfKind, parseTimeText, type Frame } from "@tideline/learn/frame";
import { milliseconds, tidelineError } from "@tideline/spec";
import { groupShares, shareOf } from "./group-hash.ts";
import { readPart, type Part } from "./part.ts";
import { SOURCE_ROW, placesIn } from "./row-change.ts";
import { selectRanks } from "./select-rank.ts";
import type { SplitPlan } from "./split-plan.ts";

/** Says for each row its place among `PARTS`, or -1 - `reason` for one that belongs to none. */
export interface Assignment {
  readonly reasons: readonly string[];
  of(rows: Frame): Int8Array;
}

/** How the rows of a part are parted. Boundaries in time are found in passes over that column alone. */
export async function assignmentOf(plan: SplitPlan, part: Part): Promise<Assignment> {
  if (plan.by === "time") return byTime(plan, part);
  const { test = 0.2, validation = 0, seed = 0 } = plan;
  const placeOf = (share: number) => (share < test ? 2 : share < test + validation ? 1 : 0);
  if (plan.by === "row")
    return {
      reasons: [],
      of: (rows) => Int8Array.from(placesIn(rows), (place) => placeOf(shareOf(String(place), seed))),
    };
  return {
    reasons: [`${plan.column}: missing`],
    of(rows) {
      const shares = groupShares(columnNamed(rows, plan.column, "prepare: split"), rows.rows, seed);
      return Int8Array.from(shares, (share) => (Number.isNaN(share) ? -1 : placeOf(share)));
    },
  };
}

async function byTime(plan: Extract<SplitPlan, { by: "time" }>, part: Part): Promise<Assignment> {
  const { column, gap } = plan;
  const timesOf = (rows: Frame) => columnOfKind(rows, column, "time", "prepare: split").values;
  const [validationFrom, testFrom] =
    "testFrom" in plan
      ? [boundary(plan.validationFrom ?? plan.testFrom), boundary(plan.testFrom)]
      : await boundaries(plan, part, timesOf);
  const before = gap === undefined ? 0 : milliseconds(gap) * 1000;
  // What lies in the gap before a boundary belongs to neither side.
  const inGap = (time: number, from: number) => time < from && time >= from - before;
  return {
    reasons: [`${column}: missing`, `${column}: in the gap before a boundary`],
    of: (rows) =>
      Int8Array.from(timesOf(rows), (time) => {
        if (Number.isNaN(time)) return -1;
        if (time >= testFrom!) return 2;
        if (inGap(time, testFrom!) || inGap(time, validationFrom!)) return -2;
        return time >= validationFrom! ? 1 : 0;
      }),
  };
}

function boundary(text: string): number {
  const time = parseTimeText(text);
  if (time !== undefined) return time;
  throw tidelineError("DEFINITION_ILLEGAL", {
    who: "prepare",
    field: "split",
    expected: "an ISO 8601 time",
    received: text,
  });
}

/** The first time of the validation rows and that of the test rows. */
async function boundaries(
  { test = 0.2, validation = 0 }: { readonly test?: number; readonly validation?: number },
  part: Part,
  timesOf: (rows: Frame) => Float64Array,
): Promise<readonly number[]> {
  const read = async function* (): AsyncGenerator<Float64Array> {
    for await (const rows of readPart(part)) yield timesOf(rows);
  };
  // No rank where nothing is held out: then no row is that late.
  const held = [test + validation, test];
  const found = await selectRanks(read, (count) =>
    held
      .filter((share) => share > 0 && count > 0)
      .map((share) => Math.min(count - 1, Math.ceil((1 - share) * count))),
  );
  if (found.length === 0) return [Infinity, Infinity];
  return found.length === 2 ? found : [found[0]!, Infinity];
}

/** Columns that say where a row belongs, which no step needs to see: the row's place, and its group. */
export function splitBeside(plan: SplitPlan | undefined): readonly string[] {
  return plan?.by === "group" ? [SOURCE_ROW, plan.column] : [SOURCE_ROW];
}

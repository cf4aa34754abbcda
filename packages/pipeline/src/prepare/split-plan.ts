import { needKnown, type FieldsOf } from "../known-field.ts";
import { milliseconds, tidelineError, type Duration } from "@tideline/spec";

interface Shares {
  /** Share that is held out for the last look, 0 to 1. Default 0.2. */
  readonly test?: number;
  /** Share that decides between configurations. Default 0. */
  readonly validation?: number;
}

/** How rows are parted. The part of a row is of its own key or time alone: rows that come later move no other. */
export type SplitPlan =
  | (Shares & {
      /** Each row for itself. Only where no two rows are of one person, session, or moment. */
      readonly by: "row";
      readonly seed?: number;
    })
  | (Shares & {
      /** All rows of a group (a person, a session) in one part, drawn by the hash of its name. */
      readonly by: "group";
      readonly column: string;
      readonly seed?: number;
    })
  | (Shares & {
      /** The newest rows are held out. Rows of one moment stay together. */
      readonly by: "time";
      readonly column: string;
      /** Rows in the time before a boundary that belong to neither side: as long as a label takes to be known. Default none. */
      readonly gap?: Duration;
    })
  | {
      readonly by: "time";
      readonly column: string;
      /** ISO 8601: rows from then on are held out. */
      readonly testFrom: string;
      readonly validationFrom?: string;
      readonly gap?: Duration;
    };

const SHARES: FieldsOf<Shares> = { test: true, validation: true };

/** The fields of a plan, by its form. */
function fieldsOf(plan: SplitPlan): Readonly<Record<string, true>> {
  if (plan.by === "row") return { by: true, seed: true, ...SHARES };
  if (plan.by === "group") return { by: true, column: true, seed: true, ...SHARES };
  const times = { testFrom: true, validationFrom: true } as const;
  return { by: true, column: true, gap: true, ...("testFrom" in plan ? times : SHARES) };
}

/** Wants a plan to be one. @throws DEFINITION_ILLEGAL */
export function checkSplit(plan: SplitPlan): void {
  const wrong = (field: string, expected: string, received: unknown) =>
    tidelineError("DEFINITION_ILLEGAL", {
      who: "prepare",
      field: `split.${field}`,
      expected,
      received: String(received),
    });
  if (!["row", "group", "time"].includes(plan?.by)) throw wrong("by", "row, group or time", plan?.by);
  needKnown("prepare", "split", plan, fieldsOf(plan));
  if (plan.by !== "row" && typeof plan.column !== "string")
    throw wrong("column", "a column's name", plan.column);
  if (plan.by === "time" && plan.gap !== undefined) milliseconds(plan.gap);
  if ("testFrom" in plan) {
    const { testFrom, validationFrom = testFrom } = plan;
    for (const [field, text] of Object.entries({ testFrom, validationFrom }))
      if (Number.isNaN(Date.parse(text))) throw wrong(field, "an ISO 8601 time", text);
    if (Date.parse(validationFrom) > Date.parse(testFrom))
      throw wrong("validationFrom", "a time before testFrom", validationFrom);
    return;
  }
  const { test = 0.2, validation = 0 } = plan;
  if (!(test >= 0 && test < 1)) throw wrong("test", "a share from 0 to below 1", test);
  if (!(validation >= 0 && validation < 1))
    throw wrong("validation", "a share from 0 to below 1", validation);
  if (!(test + validation < 1)) throw wrong("test", "shares that leave rows to train on", test + validation);
  const seed = "seed" in plan ? (plan.seed ?? 0) : 0;
  if (!Number.isSafeInteger(seed)) throw wrong("seed", "an integer", seed);
}

import type { AsOfNode, Expression, RowTimeNode } from "../expression.ts";
import { call } from "./node.ts";

/** The time as of which the feature is asked. Legal outside aggregates. */
export function asOf(): AsOfNode<"time"> {
  return Object.freeze({ kind: "as_of", type: "time" });
}

/** The time of the source row. Legal inside aggregates. */
export function rowTime(): RowTimeNode<"time"> {
  return Object.freeze({ kind: "row_time", type: "time" });
}

/** The hour of the day in UTC, 0 to 23. */
export function hourOfDay(time: Expression<"time">): Expression<"int64"> {
  return call("hour_of_day", [time]);
}

/** The day of the week in UTC, 1 (Monday) to 7 (Sunday), as ISO 8601 counts. */
export function dayOfWeek(time: Expression<"time">): Expression<"int64"> {
  return call("day_of_week", [time]);
}

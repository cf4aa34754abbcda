import { join } from "node:path";
import { collectFrame, columnNamed, numbersOf, type Frame } from "@tideline/learn/frame";
import { answerView, spineOf, tumblingWindows } from "@tideline/learn/view";
import { parquetSource } from "@tideline/pipeline/frame/parquet";
import { count, event, max, mean, t, view } from "@tideline/spec";
import { ownCase } from "../own-case.ts";

const reading = event("reading", { value: t.float() }, { purpose: "bench", retain: "1d" });
const recent = view("recent", {
  entity: { name: "person", joinKey: "person" },
  source: reading,
  features: (row) => ({
    events_1h: count({ within: "1h" }),
    mean_1h: mean(row.value, { within: "1h" }),
    most_1h: max(row.value, { within: "1h" }),
  }),
});
const HOUR = 3_600_000_000;

/** Each event's last hour as features of a view, and sums of each hour as windows. */
export const own = ownCase({
  load: async (folder) => collectFrame(await parquetSource(join(folder, "events.parquet"))),
  run: async (events) => ({
    rolled: answerView(recent, { source: events, spine: spineOf(events, { key: "person", time: "time" }) }),
    hours: tumblingWindows(events, {
      by: ["person"],
      time: "time",
      every: HOUR,
      figures: { sum: { of: "sum", column: "value" } },
    }),
  }),
  digest: ({ rolled, hours }) => ({
    events: rolled.rows,
    counts: sumOf(rolled, "events_1h"),
    means: sumOf(rolled, "mean_1h"),
    maxima: sumOf(rolled, "most_1h"),
    hours: hours.rows,
    hourSums: sumOf(hours, "sum"),
  }),
});

function sumOf(rows: Frame, name: string): number {
  const values = numbersOf(columnNamed(rows, name));
  let sum = 0;
  for (let row = 0; row < values.length; row++) sum += Math.abs(values[row]!);
  return sum;
}

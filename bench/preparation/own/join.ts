import { join } from "node:path";
import { collectFrame, columnOfKind, sourceOf, type Frame } from "@tideline/learn/frame";
import { answerViewSource, spineOf } from "@tideline/learn/view";
import { parquetSource } from "@tideline/pipeline/frame/parquet";
import { event, last, t, view } from "@tideline/spec";
import { ownCase } from "../own-case.ts";

const reading = event("reading", { value: t.float() }, { purpose: "bench", retain: "1d" });
const latest = view("latest", {
  entity: { name: "person", joinKey: "person" },
  source: reading,
  features: (row) => ({ value: last(row.value) }),
});

/** The last values known at the time of each label, as a feature of a view. The pieces of the events are left as read. */
export const own = ownCase({
  async load(folder) {
    const events: Frame[] = [];
    for await (const piece of (await parquetSource(join(folder, "events.parquet"))).read())
      events.push(piece);
    const labels = await collectFrame(await parquetSource(join(folder, "labels.parquet")));
    return { events: sourceOf(...(events as [Frame])), labels };
  },
  run: ({ events, labels }) =>
    answerViewSource(latest, { source: events, spine: spineOf(labels, { key: "person", time: "time" }) }),
  digest(joined) {
    let [found, values] = [0, 0];
    for (const value of columnOfKind(joined, "value", "float").values)
      if (!Number.isNaN(value)) [found, values] = [found + 1, values + Math.abs(value)];
    return { rows: joined.rows, found, values };
  },
});

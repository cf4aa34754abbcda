import { join } from "node:path";
import { collectFrame, columnOfKind, sourceOf, type Frame, type FrameSource } from "@tideline/learn/frame";
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

const eventsIn = (folder: string) => parquetSource(join(folder, "events.parquet"));
const labelsIn = async (folder: string) => collectFrame(await parquetSource(join(folder, "labels.parquet")));
const answer = (source: FrameSource, labels: Frame) =>
  answerViewSource(latest, { source, spine: spineOf(labels, { key: "person", time: "time" }) });

/** The last values known at the time of each label, as a feature of a view. The pieces of the events are left as read. */
export const own = ownCase({
  async load(folder) {
    const events: Frame[] = [];
    for await (const piece of (await eventsIn(folder)).read()) events.push(piece);
    return { events: sourceOf(...(events as [Frame])), labels: await labelsIn(folder) };
  },
  run: ({ events, labels }) => answer(events, labels),
  ways: { stream: async (folder) => answer(await eventsIn(folder), await labelsIn(folder)) },
  digest(joined) {
    let [found, values] = [0, 0];
    for (const value of columnOfKind(joined, "value", "float").values)
      if (!Number.isNaN(value)) [found, values] = [found + 1, values + Math.abs(value)];
    return { rows: joined.rows, found, values };
  },
});

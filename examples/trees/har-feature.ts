import { graphBuilder, writeOnnx, type GraphBuilder, type Value } from "@tideline/graph";
import { lowerSignals } from "@tideline/learn";
import { onnxruntimeNode } from "@tideline/pipeline";
import { tidelineError } from "@tideline/spec";
import { readUciPart } from "../../apps/fleet/src/recording/uci-har.ts";
import { HAR_SIGNALS } from "./har-signal.ts";
import type { LabelledColumns } from "./labelled-column.ts";

/** Windows that go through the graph at a time. */
const BATCH = 512;

/** Adds windows [N, 128, 9] and their features [N, F] to a graph. */
export function harFeatures(g: GraphBuilder): {
  readonly features: Value;
  readonly names: readonly string[];
} {
  return lowerSignals(g, g.input("window", "float32", ["N", 128, HAR_SIGNALS.channels.length]), HAR_SIGNALS);
}

/** One part of the recordings as features of each window, by the graph that a release would carry. */
export async function harColumns(folder: string, part: "train" | "test"): Promise<LabelledColumns> {
  const { layout, rows, signals } = await readUciPart(folder, part);
  if (HAR_SIGNALS.channels.join() !== layout.channels.join())
    throw tidelineError("DATA_MALFORMED", {
      who: "uci-har",
      field: "layout.json, channels",
      expected: HAR_SIGNALS.channels.join(", "),
      received: layout.channels.join(", "),
    });
  const [windows, samples, channels] = layout.shapes[part];
  const g = graphBuilder("har_features");
  const { features, names } = harFeatures(g);
  g.output("features", features);
  const graph = await onnxruntimeNode.load(writeOnnx(g.build()));
  const columns = names.map(() => new Float32Array(windows));
  for (let from = 0; from < windows; from += BATCH) {
    const count = Math.min(BATCH, windows - from);
    const width = samples * channels;
    const window = {
      dims: [count, samples, channels],
      values: signals.slice(from * width, (from + count) * width),
    };
    const found = (await graph.run({ window }, ["features"]))["features"]!.values as Float32Array;
    for (let at = 0; at < count; at++)
      for (const [feature, column] of columns.entries())
        column[from + at] = found[at * names.length + feature]!;
  }
  await graph.release();
  const numbers = Object.keys(layout.labels).map(Number);
  return {
    columns: Object.fromEntries(names.map((name, at) => [name, columns[at]!])),
    categorical: [],
    y: Int32Array.from(rows, ({ label }) => numbers.indexOf(label)),
    classes: Object.values(layout.labels),
    people: Int32Array.from(rows, ({ subject }) => subject),
    row: Int32Array.from(rows, (_, row) => row),
  };
}

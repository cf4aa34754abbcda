import { graphBuilder, interpret, type GraphBuilder, type OnnxModel } from "@tideline/graph";
import { lowerSignals, seededRandom } from "@tideline/learn";
import { boostedTrees, lowerBoosted } from "@tideline/learn/tree";
import type { ModelRows } from "../model-row.ts";

/** Samples of a window, and its channels: more numbers than are tried one by one to move a feature. */
const SIZE = 32;
const NAMES = [..."abcdefghi"];
const CHANNELS = NAMES.length;

/** Windows that move at one of two paces, with their labels. */
export function sampleWindows(count: number): {
  readonly rows: ModelRows & { readonly inputs: { readonly window: Float32Array } };
  readonly labels: Int32Array;
} {
  const random = seededRandom(5);
  const labels = Int32Array.from({ length: count }, () => random.integer(2));
  const window = new Float32Array(count * SIZE * CHANNELS);
  for (let row = 0; row < count; row += 1)
    for (let at = 0; at < SIZE * CHANNELS; at += 1) {
      const turn = (2 * Math.PI * (2 + 2 * labels[row]!) * Math.floor(at / CHANNELS)) / SIZE;
      window[row * SIZE * CHANNELS + at] = (at % CHANNELS) + Math.sin(turn) + 2 * random.normal();
    }
  return { rows: { count, inputs: { window } }, labels };
}

function lowered(g: GraphBuilder) {
  const all = [...NAMES, "magnitude"];
  return lowerSignals(g, g.input("window", "float32", ["N", SIZE, CHANNELS]), {
    channels: NAMES,
    derived: { magnitude: NAMES.slice(0, 3) },
    features: [
      { kind: "statistics", channels: all, statistics: ["mean", "log_std", "max", "log_jerk"] },
      { kind: "spectrum", channels: all, edges: [1, 2, 3, 4, 5, 7, 10, 17], taper: "hann" },
      { kind: "correlation", pairs: [["a", "b"]] },
    ],
  });
}

/** Boosted trees behind statistics and spectra of windows, and how many features these are. */
export async function windowTrees(): Promise<{ readonly model: OnnxModel; readonly features: number }> {
  const { rows, labels } = sampleWindows(100);
  const f = graphBuilder("features");
  f.output("features", lowered(f).features);
  const feeds = { window: { dims: [rows.count, SIZE, CHANNELS], values: rows.inputs.window } };
  const { values } = interpret(f.build(), feeds)["features"]!;
  const features = values.length / rows.count;
  const columns = Object.fromEntries(
    Array.from({ length: features }, (_, column) => [
      `c${column}`,
      Float32Array.from({ length: rows.count }, (_value, row) => values[row * features + column]!),
    ]),
  );
  const trees = boostedTrees<"classification">({ rounds: 12, leaves: 4, seed: 1, featureShare: 0.5 });
  const fitted = await trees.fit({ columns, y: labels, classes: ["slow", "fast"] });
  const g = graphBuilder("window_trees");
  g.output("probabilities", lowerBoosted(g, lowered(g).features, fitted));
  return { model: g.build(), features };
}

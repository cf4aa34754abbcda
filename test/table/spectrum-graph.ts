import { graphBuilder, type OnnxModel } from "@tideline/graph";
import { lowerSignals } from "@tideline/learn";

/** The bands of a spectrum of some channels, for windows of so many samples; bins up to half of them. */
export function spectrumGraph(size: number, channels: number): OnnxModel {
  const names = Array.from({ length: channels }, (_, index) => `c${index}`);
  const half = Math.floor(size / 2);
  const g = graphBuilder("spectrum");
  const { features } = lowerSignals(g, g.input("window", "float32", ["N", size, channels]), {
    channels: names,
    derived: {},
    features: [
      { kind: "spectrum", channels: names, edges: [0, 1, 2, 5, half + 1], taper: "hann" },
      { kind: "spectrum", channels: names.slice(0, 1), edges: [3, 6], taper: "hann" },
    ],
  });
  g.output("bands", features);
  return g.build();
}

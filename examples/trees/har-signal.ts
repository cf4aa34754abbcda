import type { SignalFeature, Signals } from "@tideline/spec";

/** The nine channels of the recordings: what gravity is taken from, turning, and with gravity. */
const SENSORS = ["body_acc", "body_gyro", "total_acc"] as const;
const axes = (sensor: string): readonly string[] => ["x", "y", "z"].map((axis) => `${sensor}_${axis}`);

const channels = SENSORS.flatMap(axes);
const derived = Object.fromEntries(SENSORS.map((sensor) => [`${sensor}_magnitude`, axes(sensor)]));
const pairs = SENSORS.flatMap((sensor) => {
  const [x, y, z] = axes(sensor) as [string, string, string];
  return [
    [x, y],
    [x, z],
    [y, z],
  ] as const;
});

const statistics: SignalFeature = {
  kind: "statistics",
  channels: [...channels, ...Object.keys(derived)],
  statistics: ["mean", "log_std", "max", "min", "log_jerk", "mean_absolute_deviation"],
};
const spectrum: SignalFeature = {
  kind: "spectrum",
  channels: [...channels.filter((name) => !name.startsWith("total")), ...Object.keys(derived)],
  // Bands of 0.39 Hz up to 3.1 Hz, where steps are, then wider ones.
  edges: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 26, 32, 40, 52, 65],
  taper: "hann",
};

/** Statistics, spectra and correlations of a window of 2.56 seconds; formulas stand at `lowerSignals`. */
export const HAR_SIGNALS: Signals = {
  channels,
  derived,
  features: [statistics, spectrum, { kind: "correlation", pairs }],
};

export { butterworth, type ButterworthOptions } from "./butterworth.ts";
export {
  causalSavitzkyGolay,
  exponentialAverage,
  filterSeries,
  firstOrderLowPass,
  medianFilter,
  movingAverage,
} from "./filter-series.ts";
export { jerk, magnitude, splitGravity, type GravitySplitSeries } from "./motion.ts";
export {
  resampleSeries,
  type EvenSeries,
  type ResampleSeriesOptions,
  type UnevenSeries,
} from "./resample-series.ts";
export { savitzkyGolay, savitzkyGolayTaps, type SavitzkyGolayOptions } from "./savitzky-golay.ts";
export {
  SIGNAL_FEATURES,
  signalFeatures,
  windowFeatures,
  windowFeaturesOf,
  type SignalFeaturesOptions,
  type WindowFeatures,
  type WindowFeaturesOptions,
} from "./signal-features.ts";
export { signalWindows, type SignalWindows } from "./signal-window.ts";

import type { AggregateName } from "@tideline/spec";
import { countDistinctSlider } from "./count-distinct.ts";
import { countSlider } from "./count.ts";
import { maxSlider, minSlider } from "./extreme.ts";
import { firstSlider } from "./first.ts";
import { lagSlider } from "./lag.ts";
import { lastSlider, recencySlider } from "./latest.ts";
import { quantileSlider } from "./quantile.ts";
import type { SliderOf } from "./slider.ts";
import { stddevSlider } from "./stddev.ts";
import { meanSliderOf, sumSliderOf } from "./sum.ts";

/** The sliding form of every aggregate of the language. */
export const SLIDERS = {
  count: countSlider,
  count_distinct: countDistinctSlider,
  sum: sumSliderOf,
  mean: meanSliderOf,
  min: minSlider,
  max: maxSlider,
  stddev: stddevSlider,
  quantile: quantileSlider,
  first: firstSlider,
  last: lastSlider,
  lag: lagSlider,
  recency: recencySlider,
} as const satisfies Record<AggregateName, SliderOf>;

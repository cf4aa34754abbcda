import type { FallbackRule } from "./model.ts";

/** Root mean square of some channels of a window `[size, channels]`, pooled. */
function rootMeanSquare(
  window: Float32Array,
  channels: readonly string[],
  wanted: readonly string[],
): number {
  const indices = wanted.map((channel) => channels.indexOf(channel));
  let sum = 0;
  for (let from = 0; from < window.length; from += channels.length) {
    for (const index of indices) sum += window[from + index]! ** 2;
  }
  return Math.sqrt(sum / ((window.length / channels.length) * indices.length));
}

/** The answer of last resort for a window: needs no model and no network. */
export function applyFallbackRule(
  rule: FallbackRule,
  channels: readonly string[],
  window: Float32Array,
): string {
  const matched = rule.when.find(
    (condition) => rootMeanSquare(window, channels, condition.channels) > condition.rmsAbove,
  );
  return matched?.label ?? rule.otherwise;
}

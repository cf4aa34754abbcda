import { expOf } from "./exp-of.ts";

/**
 * Odds kept from 0 and 1: what a class that no row has starts at is finite. As far as float64 tells `1 - p` from 1 with
 * some digits left.
 */
const LEAST_SHARE = 1e-15;

/** A share of rows, in [1e-15, 1 - 1e-15]. */
export function keptShare(share: number): number {
  return Math.min(1 - LEAST_SHARE, Math.max(LEAST_SHARE, share));
}

/** `1 / (1 + e^-score)`, in this order. */
export function sigmoid(score: number): number {
  return 1 / (1 + expOf(-score));
}

import { bins, seen } from "./address";
import { gainOfSums, note, score } from "./found";

/** All rows of the node are in one bin. */
export const CONSTANT: i32 = -2;
/** No boundary was better than what was known. */
export const NO_BETTER: i32 = -1;
/** One was: it is noted. */
export const BETTER: i32 = 0;
/** As these, where rows were missing. */
export const MISSING_NO_BETTER: i32 = 1;
export const MISSING_BETTER: i32 = 2;

/** What goes right where only missing rows do. */
export const NOTHING_ABOVE: i32 = 255;

/** A pair of sums is added to those of a bin. */
// @ts-ignore: decorator
@inline export function addToBin(bin: u32, pair: v128): void {
  const at = bins + (usize(bin) << 4);
  v128.store(at, f64x2.add(v128.load(at), pair));
  store<u8>(seen + bin, 255);
}

/**
 * Looks at the boundaries between occupied bins, as `scanNumber` of TypeScript does, and clears them.
 *
 * @param missing the feature's bin of what is missing, or -1.
 */
export function crossBins(W: f64, S: f64, floor: f64, missing: i32): i32 {
  if (missing >= 0 && load<u8>(seen + missing) != 0) return crossWithMissing(W, S, floor, missing);
  let wL: f64 = 0, sL: f64 = 0;
  let best = score, weight: f64 = 0;
  let low: i32 = -1, below: i32 = -1, above: i32 = 0, many: i32 = 0;
  for (let chunk: i32 = 0; chunk < 256; chunk += 16) {
    let bits = i8x16.bitmask(v128.load(seen + chunk));
    if (bits == 0) continue;
    v128.store(seen + chunk, i64x2.splat(0));
    do {
      const bin = chunk + ctz(bits);
      bits &= bits - 1;
      const gain = gainOfSums(W, S, wL, sL);
      if (gain > best && wL >= floor && W - wL >= floor) {
        best = gain;
        weight = wL;
        below = low;
        above = bin;
      }
      low = bin;
      many++;
      const at = bins + (usize(bin) << 4);
      wL += load<f64>(at);
      sL += load<f64>(at, 8);
      v128.store(at, i64x2.splat(0));
    } while (bits != 0);
  }
  if (many == 1) return CONSTANT;
  if (below < 0) return NO_BETTER;
  note(best, weight, below, above, weight * 2 >= W);
  return BETTER;
}

/** As `scanBoundaries` of TypeScript: what is missing is tried on both sides, and against all others. */
function crossWithMissing(W: f64, S: f64, floor: f64, missing: i32): i32 {
  const wM = load<f64>(bins + (usize(missing) << 4));
  const sM = load<f64>(bins + (usize(missing) << 4), 8);
  const before = score;
  let wL: f64 = 0, sL: f64 = 0;
  let low: i32 = -1, many: i32 = 0;
  for (let chunk: i32 = 0; chunk < 256; chunk += 16) {
    let bits = i8x16.bitmask(v128.load(seen + chunk));
    if (bits == 0) continue;
    v128.store(seen + chunk, i64x2.splat(0));
    do {
      const bin = chunk + ctz(bits);
      bits &= bits - 1;
      if (low >= 0) {
        const above = bin == missing ? NOTHING_ABOVE : bin;
        look(W, S, floor, wL, sL, low, above, false);
        if (bin != missing) look(W, S, floor, wL + wM, sL + sM, low, above, true);
      }
      low = bin;
      many++;
      const at = bins + (usize(bin) << 4);
      wL += load<f64>(at);
      sL += load<f64>(at, 8);
      v128.store(at, i64x2.splat(0));
    } while (bits != 0);
  }
  if (many == 1) return CONSTANT;
  return score > before ? MISSING_BETTER : MISSING_NO_BETTER;
}

function look(W: f64, S: f64, floor: f64, wL: f64, sL: f64, low: i32, high: i32, missingLeft: bool): void {
  if (!(wL >= floor && W - wL >= floor)) return;
  const gain = gainOfSums(W, S, wL, sL);
  if (gain > score) note(gain, wL, low, high, missingLeft);
}

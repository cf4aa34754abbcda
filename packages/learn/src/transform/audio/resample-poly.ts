import { illegalOption, positiveInteger } from "../../net/check-option.ts";
import { taperOf } from "./taper.ts";

/** Zero crossings of the sinc on each side, in samples of the slower rate: SciPy's. */
const HALF_CROSSINGS = 10;

/** How {@link resamplePoly} filters. */
export interface ResamplePolyOptions {
  /** The shape of the Kaiser taper on the sinc. Default 5, as SciPy's. */
  readonly kaiser?: number;
}

/** The taps of the low-pass filter `[2 * 10 * max(up, down) + 1]`, whose sum is `up`. */
function lowPassTaps(up: number, down: number, kaiser: number): Float64Array {
  const widest = Math.max(up, down);
  const half = HALF_CROSSINGS * widest;
  const taps = taperOf({ kaiser }, 2 * half + 1, { periodic: false });
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const x = (Math.PI * (k - half)) / widest;
    taps[k]! *= x === 0 ? 1 : Math.sin(x) / x;
    sum += taps[k]!;
  }
  return taps.map((tap) => (tap / sum) * up);
}

/**
 * A series at `to / from` times its rate: a sinc under a Kaiser taper, cut at the lower of both Nyquist frequencies, ten
 * crossings to each side, zeros beyond the ends. As `scipy.signal.resample_poly` and `librosa.resample` with
 * `res_type="polyphase"`.
 *
 * @returns `ceil(length * to / from)` samples.
 * @throws DEFINITION_ILLEGAL for rates that are not whole, or whose reduced ratio has a term above 65,536.
 * @example
 * const speech = resamplePoly(recording, 44_100, 16_000);
 */
export function resamplePoly(
  series: Float32Array | Float64Array,
  from: number,
  to: number,
  { kaiser = 5 }: ResamplePolyOptions = {},
): Float64Array {
  const who = "resamplePoly";
  const shared = greatestDivisor(positiveInteger(who, "from", from), positiveInteger(who, "to", to));
  const up = to / shared;
  const down = from / shared;
  if (Math.max(up, down) > 65_536)
    throw illegalOption(who, "rates", "a ratio of terms up to 65,536", `${to} / ${from} = ${up} / ${down}`);
  if (up === 1 && down === 1) return Float64Array.from(series);
  const taps = lowPassTaps(up, down, kaiser);
  const half = (taps.length - 1) / 2;
  const length = Math.ceil((series.length * up) / down);
  const out = new Float64Array(length);
  for (let m = 0; m < length; m++) {
    const centre = m * down + half;
    const first = Math.max(0, Math.ceil((centre - taps.length + 1) / up));
    const last = Math.min(series.length - 1, Math.floor(centre / up));
    let sum = 0;
    for (let k = first, tap = centre - first * up; k <= last; k++, tap -= up) sum += taps[tap]! * series[k]!;
    out[m] = sum;
  }
  return out;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

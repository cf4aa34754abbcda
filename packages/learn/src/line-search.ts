/** The value and slope of a function along a search direction, at one step length. */
export interface LinePoint {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/** Sufficient decrease and curvature constants that Nocedal and Wright recommend for quasi-Newton directions. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MAX_EVALUATIONS = 30;

/**
 * A step that meets the strong Wolfe conditions: J. Nocedal and S. Wright, "Numerical Optimization", 2nd edition,
 * 2006, algorithms 3.5 (bracketing) and 3.6 (zoom), with safeguarded cubic interpolation (equation 3.59).
 *
 * @param at evaluates the line; the last call is always the returned point. A value that is not finite is treated
 *   as too high.
 * @param start the point at step 0, with a negative slope.
 * @param first the first step tried.
 * @returns the accepted point, or undefined when none was found (the direction is exhausted by rounding).
 */
export function strongWolfe(
  at: (step: number) => LinePoint,
  start: LinePoint,
  first: number,
): LinePoint | undefined {
  const tooHigh = (point: LinePoint) => !(point.value <= start.value + DECREASE * point.step * start.slope);
  const flat = (point: LinePoint) => Math.abs(point.slope) <= -CURVATURE * start.slope;

  let previous = start;
  let step = first;
  for (let left = MAX_EVALUATIONS; left > 0; left--) {
    const point = at(step);
    if (tooHigh(point) || (previous !== start && point.value >= previous.value)) {
      return zoom(at, previous, point, left - 1, tooHigh, flat);
    }
    if (flat(point)) return point;
    if (point.slope >= 0) return zoom(at, point, previous, left - 1, tooHigh, flat);
    previous = point;
    step *= 2;
  }
  return undefined;
}

/** Narrows [low, high], where `low` has the lower value and a slope that points at `high`. */
function zoom(
  at: (step: number) => LinePoint,
  first: LinePoint,
  second: LinePoint,
  evaluations: number,
  tooHigh: (point: LinePoint) => boolean,
  flat: (point: LinePoint) => boolean,
): LinePoint | undefined {
  let [low, high] = [first, second];
  let last: LinePoint | undefined;
  for (let left = evaluations; left > 0; left--) {
    const width = Math.abs(high.step - low.step);
    if (width <= Number.EPSILON * Math.max(low.step, high.step)) break;
    const point = at(interpolate(low, high));
    last = point;
    if (tooHigh(point) || point.value >= low.value) {
      high = point;
      continue;
    }
    if (flat(point)) return point;
    if (point.slope * (high.step - low.step) >= 0) high = low;
    low = point;
  }
  // Rounding stopped the search: a point with enough decrease is still progress.
  if (low.step === 0) return undefined;
  return last === low ? low : at(low.step);
}

/** The minimiser of the cubic through both points, kept at least a tenth of the interval from its ends. */
function interpolate(low: LinePoint, high: LinePoint): number {
  const width = high.step - low.step;
  const middle = low.step + width / 2;
  if (!Number.isFinite(high.value) || !Number.isFinite(high.slope)) return low.step + width / 10;
  const d1 = low.slope + high.slope - (3 * (low.value - high.value)) / (low.step - high.step);
  const root = d1 * d1 - low.slope * high.slope;
  if (!(root >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(root);
  const cubic = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  const share = (cubic - low.step) / width;
  if (!Number.isFinite(share)) return middle;
  return low.step + width * Math.min(0.9, Math.max(0.1, share));
}

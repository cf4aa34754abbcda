/** Metres of the earth's mean radius (IUGG). */
export const EARTH_RADIUS = 6_371_008.8;

const RADIANS = Math.PI / 180;

/** The cosine of a latitude: the sine of how far it is from its pole. */
const cosine = (latitude: number): number => Math.sin((90 - Math.abs(latitude)) * RADIANS);

/** Between two places. */
interface Halves {
  /** Sine and cosine of half the difference in longitude; near 180 degrees the cosine keeps its digits, at the date line the sine. */
  readonly east: number;
  readonly west: number;
  /** The squared sine of half the angle to the other place, and to the one opposite of it: they add up to 1. */
  readonly near: number;
  readonly far: number;
}

function halves(latA: number, lonA: number, latB: number, lonB: number): Halves {
  const off = lonB - lonA;
  const turn = off - 360 * Math.floor((off + 180) / 360);
  const east = Math.sin((turn * RADIANS) / 2);
  const west = Math.sin(((180 - Math.abs(turn)) * RADIANS) / 2);
  const north = Math.sin(((latB - latA) * RADIANS) / 2);
  const south = Math.sin(((latB + latA) * RADIANS) / 2);
  const cosines = cosine(latA) * cosine(latB);
  return {
    east,
    west,
    near: north * north + cosines * east * east,
    far: south * south + cosines * west * west,
  };
}

/**
 * Metres between two places: haversine (R. W. Sinnott, "Virtues of the haversine", 1984), with that of the opposite place
 * beside it, so that the digits are kept on the other side of the earth, too. NaN beyond the poles.
 */
export function haversine(latA: number, lonA: number, latB: number, lonB: number): number {
  if (!(Math.abs(latA) <= 90 && Math.abs(latB) <= 90)) return Number.NaN;
  const { near, far } = halves(latA, lonA, latB, lonB);
  return 2 * EARTH_RADIUS * Math.atan2(Math.sqrt(near), Math.sqrt(far));
}

/** Degrees from north over east, in [0, 360), in which one sets out along the great circle; 0 at the same place. */
export function bearing(latA: number, lonA: number, latB: number, lonB: number): number {
  if (!(Math.abs(latA) <= 90 && Math.abs(latB) <= 90)) return Number.NaN;
  const { east, west, near, far } = halves(latA, lonA, latB, lonB);
  const away = cosine(latB);
  const twice = 2 * Math.sin(latA * RADIANS) * away;
  // The form whose terms are small where their sum is.
  const y =
    near <= far
      ? Math.sin((latB - latA) * RADIANS) + twice * east * east
      : Math.sin((latB + latA) * RADIANS) - twice * west * west;
  const degrees = Math.atan2(2 * east * west * away, y) / RADIANS;
  return degrees < 0 ? degrees + 360 : degrees;
}

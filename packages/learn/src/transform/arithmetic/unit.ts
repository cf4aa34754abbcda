/** A unit as so many of the coherent unit of its dimension: `value * factor + offset`. */
export interface Unit {
  readonly dimension: string;
  readonly factor: number;
  readonly offset?: number;
}

const of = (dimension: string, table: Readonly<Record<string, number>>): Record<string, Unit> =>
  Object.fromEntries(Object.entries(table).map(([name, factor]) => [name, { dimension, factor }]));

/** The units that there are, by what definitions write. Angles are a dimension of their own. */
export const UNITS: Readonly<Record<string, Unit>> = Object.freeze({
  ...of("length", {
    m: 1,
    km: 1e3,
    cm: 1e-2,
    mm: 1e-3,
    um: 1e-6,
    in: 0.0254,
    ft: 0.3048,
    yd: 0.9144,
    mi: 1609.344,
    nmi: 1852,
  }),
  ...of("mass", { kg: 1, g: 1e-3, mg: 1e-6, t: 1e3, lb: 0.45359237, oz: 0.028349523125 }),
  ...of("time", {
    s: 1,
    ms: 1e-3,
    us: 1e-6,
    ns: 1e-9,
    min: 60,
    h: 3600,
    d: 86_400,
    second: 1,
    minute: 60,
    hour: 3600,
    day: 86_400,
    week: 604_800,
  }),
  ...of("angle", { rad: 1, deg: Math.PI / 180, rev: 2 * Math.PI }),
  ...of("angular velocity", { "rad/s": 1, "deg/s": Math.PI / 180, rpm: (2 * Math.PI) / 60 }),
  ...of("velocity", { "m/s": 1, "km/h": 1 / 3.6, "mi/h": 0.44704, kn: 1852 / 3600 }),
  ...of("acceleration", { "m/s2": 1, g0: 9.80665 }),
  ...of("pressure", { Pa: 1, hPa: 100, kPa: 1e3, bar: 1e5, mbar: 100, atm: 101_325 }),
  ...of("energy", { J: 1, kJ: 1e3, kcal: 4184, Wh: 3600, kWh: 3.6e6 }),
  ...of("power", { W: 1, mW: 1e-3, kW: 1e3 }),
  ...of("frequency", { Hz: 1, kHz: 1e3, MHz: 1e6, "1/min": 1 / 60, bpm: 1 / 60 }),
  ...of("magnetic field", { T: 1, mT: 1e-3, uT: 1e-6 }),
  ...of("voltage", { V: 1, mV: 1e-3 }),
  ...of("current", { A: 1, mA: 1e-3 }),
  ...of("information", { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1_048_576, GiB: 1_073_741_824 }),
  ...of("share", { "1": 1, "%": 0.01, ppm: 1e-6 }),
  K: { dimension: "temperature", factor: 1 },
  degC: { dimension: "temperature", factor: 1, offset: 273.15 },
  degF: { dimension: "temperature", factor: 5 / 9, offset: 273.15 - (32 * 5) / 9 },
});

/** Whether there is such a unit. */
export function isUnit(name: unknown): name is string {
  return typeof name === "string" && Object.hasOwn(UNITS, name);
}

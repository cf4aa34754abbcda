import type { CausalFilter, FilterSection } from "@tideline/spec";
import { illegalOption, oneOf, positive } from "../../net/check-option.ts";

/** Which frequencies a filter lets through. */
export interface ButterworthOptions {
  /** 1 to 16; a band has twice as many poles. */
  readonly order: number;
  readonly kind: "lowpass" | "highpass" | "bandpass" | "bandstop";
  /** Hertz at which half of the power is left; two of them for a band. */
  readonly cutoff: number | readonly [low: number, high: number];
  /** Samples a second. */
  readonly rate: number;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

const complex = (re: number, im: number): Complex => ({ re, im });
const times = (a: Complex, b: Complex): Complex =>
  complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const over = (a: Complex, b: Complex): Complex => {
  const size = b.re * b.re + b.im * b.im;
  return complex((a.re * b.re + a.im * b.im) / size, (a.im * b.re - a.re * b.im) / size);
};
const root = (a: Complex): Complex => {
  const size = Math.hypot(a.re, a.im);
  const re = Math.sqrt((size + a.re) / 2);
  const im = Math.sqrt((size - a.re) / 2);
  return complex(re, a.im < 0 ? -im : im);
};

/** The poles of the low-pass of 1 rad/s (S. Butterworth, Wireless Engineer 7, 1930) with an imaginary part of at least 0. */
function prototypePoles(order: number): Complex[] {
  const poles: Complex[] = [];
  for (let m = order - 1; m >= 0; m -= 2) {
    const angle = (Math.PI * m) / (2 * order);
    poles.push(complex(-Math.cos(angle), m === 0 ? 0 : Math.sin(angle)));
  }
  return poles;
}

/** Both poles of the band that a pole of the low-pass becomes. */
function bandPoles(half: Complex, centre: number): readonly [Complex, Complex] {
  const inner = root(complex(half.re * half.re - half.im * half.im - centre * centre, 2 * half.re * half.im));
  return [complex(half.re + inner.re, half.im + inner.im), complex(half.re - inner.re, half.im - inner.im)];
}

/** From the s-plane to the z-plane, twice the rate being 4. */
const bilinear = (s: Complex): Complex => over(complex(4 + s.re, s.im), complex(4 - s.re, -s.im));

/**
 * A Butterworth filter as recursive sections, the one of `scipy.signal.butter(..., output="sos")` (bilinear transform with
 * its frequencies warped beforehand). SciPy may pair poles and zeros otherwise; what comes out is the same.
 *
 * @throws DEFINITION_ILLEGAL for an order or cut-offs that no filter has.
 * @example
 * const gravity = butterworth({ order: 3, kind: "lowpass", cutoff: 0.3, rate: 50 });
 */
export function butterworth(options: ButterworthOptions): Extract<CausalFilter, { kind: "sections" }> {
  const { order, kind, edges } = resolved(options);
  const [low, high] = edges.map((edge) => 4 * Math.tan(edge * Math.PI)) as [number, number];
  const poles: Complex[] = [];
  const centre = Math.sqrt(low * high);
  for (const pole of prototypePoles(order)) {
    if (kind === "lowpass") poles.push(complex(pole.re * low, pole.im * low));
    else if (kind === "highpass") poles.push(over(complex(low, 0), pole));
    else {
      const half = complex((high - low) / 2, 0);
      const both = bandPoles(kind === "bandpass" ? times(pole, half) : over(half, pole), centre);
      // Of a real pole come two that are each other's mirror, or two real ones.
      if (pole.im === 0 && both[0].im !== 0) poles.push(both[0]);
      else poles.push(...both);
    }
  }
  return Object.freeze({ kind: "sections", sections: sectionsOf(kind, poles.map(bilinear), centre) });
}

function resolved({ order, kind, cutoff, rate }: ButterworthOptions) {
  const who = "butterworth";
  positive(who, "rate", rate);
  oneOf(who, "kind", { lowpass: 1, highpass: 1, bandpass: 2, bandstop: 2 }, kind);
  if (!Number.isInteger(order) || order < 1 || order > 16)
    throw illegalOption(who, "order", "an integer from 1 to 16", String(order));
  const list = typeof cutoff === "number" ? [cutoff] : cutoff;
  const wanted = kind === "bandpass" || kind === "bandstop" ? 2 : 1;
  const rising = list.every((hertz, at) => hertz > (list[at - 1] ?? 0) && hertz < rate / 2);
  if (list.length !== wanted || !rising)
    throw illegalOption(who, "cutoff", `${wanted} rising, between 0 and ${rate / 2} Hz`, list.join(", "));
  return { order, kind, edges: list.map((hertz) => hertz / rate) };
}

/** The frequency, in radians a sample, at which the gain is 1: the middle of what passes. */
function passing(kind: ButterworthOptions["kind"], centre: number): number {
  if (kind === "highpass") return Math.PI;
  return kind === "bandpass" ? 2 * Math.atan(centre / 4) : 0;
}

function sectionsOf(
  kind: ButterworthOptions["kind"],
  poles: Complex[],
  centre: number,
): readonly FilterSection[] {
  const real = poles.filter(({ im }) => Math.abs(im) < 1e-12).sort((a, b) => a.re - b.re);
  const pairs = poles.filter(({ im }) => Math.abs(im) >= 1e-12);
  const below: [a1: number, a2: number][] = pairs.map(({ re, im }) => [-2 * re, re * re + im * im]);
  for (let at = 0; at + 1 < real.length; at += 2)
    below.push([-(real[at]!.re + real[at + 1]!.re), real[at]!.re * real[at + 1]!.re]);
  const single = real.length % 2 === 1 ? real.at(-1)!.re : undefined;
  // What swings longest comes last.
  below.sort((a, b) => a[1] - b[1]);
  const turn = Math.cos(2 * Math.atan(centre / 4));
  const above = {
    lowpass: [1, 2, 1],
    highpass: [1, -2, 1],
    bandpass: [1, 0, -1],
    bandstop: [1, -2 * turn, 1],
  }[kind];
  const raw = below.map(([a1, a2]) => [...above, 1, a1, a2]);
  if (single !== undefined) raw.unshift([1, kind === "lowpass" ? 1 : -1, 0, 1, -single, 0]);
  const w = passing(kind, centre);
  return raw.map(([b0, b1, b2, , a1, a2]) => {
    // Each section alone has the gain 1 there, so that none swings over where floats are few.
    const at = (c0: number, c1: number, c2: number): number =>
      Math.hypot(c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w), c1 * Math.sin(w) + c2 * Math.sin(2 * w));
    const gain = at(1, a1!, a2!) / at(b0!, b1!, b2!);
    return Object.freeze([b0! * gain, b1! * gain, b2! * gain, 1, a1!, a2!] as const);
  });
}

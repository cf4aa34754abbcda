// Two channels at once, side by side: a series is [samples] of pairs of float64.

// @ts-ignore: decorator
@inline function turned(re: v128, im: v128, cos: v128, sin: v128, imaginary: bool): v128 {
  return imaginary ? f64x2.add(f64x2.mul(re, sin), f64x2.mul(im, cos)) : f64x2.sub(f64x2.mul(re, cos), f64x2.mul(im, sin));
}

/** One pass of Stockham's radix 4, decimation in frequency. `step`: bytes between twiddles of this pass. */
function radix4(n: u32, s: u32, step: u32, cos: usize, sin: usize, xr: usize, xi: usize, yr: usize, yi: usize): void {
  const quarter = (n >> 2) * s << 4;
  const width = s << 4;
  for (let p: u32 = 0; p < n >> 2; p++) {
    const w = p * step;
    const c1 = v128.load64_splat(cos + w);
    const s1 = v128.load64_splat(sin + w);
    const c2 = v128.load64_splat(cos + 2 * w);
    const s2 = v128.load64_splat(sin + 2 * w);
    const c3 = v128.load64_splat(cos + 3 * w);
    const s3 = v128.load64_splat(sin + 3 * w);
    let from: usize = p * width;
    let to: usize = 4 * p * width;
    const end = from + width;
    while (from < end) {
      const ar = v128.load(xr + from);
      const ai = v128.load(xi + from);
      const br = v128.load(xr + from + quarter);
      const bi = v128.load(xi + from + quarter);
      const cr = v128.load(xr + from + 2 * quarter);
      const ci = v128.load(xi + from + 2 * quarter);
      const dr = v128.load(xr + from + 3 * quarter);
      const di = v128.load(xi + from + 3 * quarter);
      const sumR = f64x2.add(ar, cr);
      const sumI = f64x2.add(ai, ci);
      const lessR = f64x2.sub(ar, cr);
      const lessI = f64x2.sub(ai, ci);
      const pairR = f64x2.add(br, dr);
      const pairI = f64x2.add(bi, di);
      const turnR = f64x2.sub(di, bi);
      const turnI = f64x2.sub(br, dr);
      v128.store(yr + to, f64x2.add(sumR, pairR));
      v128.store(yi + to, f64x2.add(sumI, pairI));
      const oneR = f64x2.sub(lessR, turnR);
      const oneI = f64x2.sub(lessI, turnI);
      v128.store(yr + to + width, turned(oneR, oneI, c1, s1, false));
      v128.store(yi + to + width, turned(oneR, oneI, c1, s1, true));
      const twoR = f64x2.sub(sumR, pairR);
      const twoI = f64x2.sub(sumI, pairI);
      v128.store(yr + to + 2 * width, turned(twoR, twoI, c2, s2, false));
      v128.store(yi + to + 2 * width, turned(twoR, twoI, c2, s2, true));
      const threeR = f64x2.add(lessR, turnR);
      const threeI = f64x2.add(lessI, turnI);
      v128.store(yr + to + 3 * width, turned(threeR, threeI, c3, s3, false));
      v128.store(yi + to + 3 * width, turned(threeR, threeI, c3, s3, true));
      from += 16;
      to += 16;
    }
  }
}

/** The window at `values`, [size, channels] of float32, as pairs of channels in float64; an odd last one stands twice. */
export function loadWindow(values: usize, channels: u32, size: u32, series: usize): void {
  const stride = channels << 2;
  for (let c: u32 = 0; c < channels; c += 2) {
    let from = values + (c << 2);
    if (c + 1 < channels) {
      for (let t: u32 = 0; t < size; t++) {
        v128.store(series, f64x2.promote_low_f32x4(v128.load64_zero(from)));
        from += stride;
        series += 16;
      }
    } else {
      for (let t: u32 = 0; t < size; t++) {
        v128.store(series, f64x2.splat(f64(load<f32>(from))));
        from += stride;
        series += 16;
      }
    }
  }
}

/**
 * The sums of a pair: mean, mean square, most, least, mean square step, mean absolute, mean cube, mean fourth power. Centres it.
 * Even and odd samples are summed apart, so that no sum waits for the one before; the size is even.
 */
export function summarise(series: usize, size: u32, sums: usize): void {
  let total = f64x2.splat(0);
  let other = f64x2.splat(0);
  let most = v128.load(series);
  let least = most;
  let last = most;
  let steps = f64x2.splat(0);
  let otherSteps = f64x2.splat(0);
  const end = series + (size << 4);
  for (let at = series; at < end; at += 32) {
    const x = v128.load(at);
    const y = v128.load(at, 16);
    total = f64x2.add(total, x);
    other = f64x2.add(other, y);
    most = f64x2.pmax(most, f64x2.pmax(x, y));
    least = f64x2.pmin(least, f64x2.pmin(x, y));
    const step = f64x2.sub(x, last);
    const next = f64x2.sub(y, x);
    steps = f64x2.add(steps, f64x2.mul(step, step));
    otherSteps = f64x2.add(otherSteps, f64x2.mul(next, next));
    last = y;
  }
  total = f64x2.add(total, other);
  const share = f64x2.splat(1 / f64(size));
  const mean = f64x2.div(total, f64x2.splat(f64(size)));
  let squares = f64x2.splat(0);
  let absolute = f64x2.splat(0);
  let cubes = f64x2.splat(0);
  let fourths = f64x2.splat(0);
  let otherSquares = f64x2.splat(0);
  let otherAbsolute = f64x2.splat(0);
  for (let at = series; at < end; at += 32) {
    const x = f64x2.sub(v128.load(at), mean);
    const y = f64x2.sub(v128.load(at, 16), mean);
    v128.store(at, x);
    v128.store(at, y, 16);
    const square = f64x2.mul(x, x);
    const next = f64x2.mul(y, y);
    squares = f64x2.add(squares, square);
    otherSquares = f64x2.add(otherSquares, next);
    absolute = f64x2.add(absolute, f64x2.abs(x));
    otherAbsolute = f64x2.add(otherAbsolute, f64x2.abs(y));
    cubes = f64x2.add(cubes, f64x2.add(f64x2.mul(square, x), f64x2.mul(next, y)));
    fourths = f64x2.add(fourths, f64x2.add(f64x2.mul(square, square), f64x2.mul(next, next)));
  }
  // The quick minimum passes over what is no number; the sum does not.
  const lost = f64x2.ne(total, total);
  v128.store(sums, mean);
  v128.store(sums, f64x2.mul(f64x2.add(squares, otherSquares), share), 16);
  v128.store(sums, v128.bitselect(total, most, lost), 32);
  v128.store(sums, v128.bitselect(total, least, lost), 48);
  v128.store(sums, f64x2.div(f64x2.add(steps, otherSteps), f64x2.splat(f64(size - 1))), 64);
  v128.store(sums, f64x2.mul(f64x2.add(absolute, otherAbsolute), share), 80);
  v128.store(sums, f64x2.mul(cubes, share), 96);
  v128.store(sums, f64x2.mul(fourths, share), 112);
}

/**
 * The power of the bins 0 to size / 2 of two pairs, `|X|^2 / size` under the taper: four real series by two transforms. `work`:
 * four blocks of [size] pairs.
 */
export function power(first: usize, second: usize, size: u32, taper: usize, cos: usize, sin: usize, work: usize, to: usize, other: usize): void {
  const block = size << 4;
  let xr = work;
  let xi = work + block;
  let yr = work + 2 * block;
  let yi = work + 3 * block;
  for (let at: usize = 0; at < block; at += 16) {
    const w = v128.load64_splat(taper + (at >> 1));
    v128.store(xr + at, f64x2.mul(v128.load(first + at), w));
    v128.store(xi + at, f64x2.mul(v128.load(second + at), w));
  }
  let n = size;
  let s: u32 = 1;
  while (n >= 4) {
    radix4(n, s, (size / n) << 3, cos, sin, xr, xi, yr, yi);
    let swap = xr;
    xr = yr;
    yr = swap;
    swap = xi;
    xi = yi;
    yi = swap;
    n >>= 2;
    s <<= 2;
  }
  if (n == 2) {
    const half = s << 4;
    for (let at: usize = 0; at < half; at += 16) {
      const ar = v128.load(xr + at);
      const ai = v128.load(xi + at);
      const br = v128.load(xr + at + half);
      const bi = v128.load(xi + at + half);
      v128.store(xr + at, f64x2.add(ar, br));
      v128.store(xi + at, f64x2.add(ai, bi));
      v128.store(xr + at + half, f64x2.sub(ar, br));
      v128.store(xi + at + half, f64x2.sub(ai, bi));
    }
  }
  const share = f64x2.splat(1 / (4 * f64(size)));
  for (let k: u32 = 0; k <= size >> 1; k++) {
    const at: usize = k << 4;
    const mirror: usize = k == 0 ? 0 : block - at;
    const re = v128.load(xr + at);
    const im = v128.load(xi + at);
    const reM = v128.load(xr + mirror);
    const imM = v128.load(xi + mirror);
    const evenR = f64x2.add(re, reM);
    const evenI = f64x2.sub(im, imM);
    const oddR = f64x2.add(im, imM);
    const oddI = f64x2.sub(re, reM);
    v128.store(to + at, f64x2.mul(share, f64x2.add(f64x2.mul(evenR, evenR), f64x2.mul(evenI, evenI))));
    v128.store(other + at, f64x2.mul(share, f64x2.add(f64x2.mul(oddR, oddR), f64x2.mul(oddI, oddI))));
  }
}

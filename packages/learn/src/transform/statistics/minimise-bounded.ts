/**
 * Where a function of one number is least between two bounds: golden sections and parabolas, R. P. Brent, "Algorithms for
 * Minimization without Derivatives", 1973, chapter 5. Where it has several valleys, one of them.
 *
 * @param tolerance of the place, absolute; at least the square root of what float64 tells apart is of use.
 */
export function minimiseBounded(
  f: (x: number) => number,
  low: number,
  high: number,
  tolerance = 1.48e-8,
  steps = 500,
): number {
  const golden = 0.5 * (3 - Math.sqrt(5));
  const root = Math.sqrt(2.2e-16);
  let [a, b] = [low, high];
  let x = a + golden * (b - a);
  let [v, w] = [x, x];
  let fx = f(x);
  let [fv, fw] = [fx, fx];
  let [step, before] = [0, 0];
  for (let taken = 1; taken < steps; taken++) {
    const middle = 0.5 * (a + b);
    const near = root * Math.abs(x) + tolerance / 3;
    if (Math.abs(x - middle) <= 2 * near - 0.5 * (b - a)) break;
    let parabola = false;
    if (Math.abs(before) > near) {
      const r = (x - w) * (fx - fv);
      let q = (x - v) * (fx - fw);
      let p = (x - v) * q - (x - w) * r;
      q = 2 * (q - r);
      if (q > 0) p = -p;
      q = Math.abs(q);
      const last = before;
      before = step;
      if (Math.abs(p) < Math.abs(0.5 * q * last) && p > q * (a - x) && p < q * (b - x)) {
        parabola = true;
        step = p / q;
        const next = x + step;
        if (next - a < 2 * near || b - next < 2 * near) step = middle >= x ? near : -near;
      }
    }
    if (!parabola) {
      before = x >= middle ? a - x : b - x;
      step = golden * before;
    }
    const u = x + (step >= 0 ? 1 : -1) * Math.max(Math.abs(step), near);
    const fu = f(u);
    if (fu <= fx) {
      if (u >= x) a = x;
      else b = x;
      [v, fv, w, fw, x, fx] = [w, fw, x, fx, u, fu];
      continue;
    }
    if (u < x) a = u;
    else b = u;
    if (fu <= fw || w === x) [v, fv, w, fw] = [w, fw, u, fu];
    else if (fu <= fv || v === x || v === w) [v, fv] = [u, fu];
  }
  return x;
}

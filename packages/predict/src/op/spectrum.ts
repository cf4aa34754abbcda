import { demand } from "../malformed.ts";
import { checkTarget, length, spanOf, type Operator, type Step } from "../program.ts";

/**
 * `size, first, bins, columns, source, sample stride, column stride, target`: of each column its cosine parts, then
 * its sine parts, under a periodic Hann taper, less the mean of the wave; row-major `[2 bins, columns]`, in double
 * precision. A power of two takes a fast Fourier transform of two columns at a time, where both are finite.
 */
export const spectrum: Operator = {
  words: 8,
  compile(program, args) {
    const { memory } = program;
    const [size, first, bins, columns, source, along, across, target] = args;
    demand(size >= 4 && first >= 0 && length(bins) + first <= (size >> 1) + 1, "bins");
    const count = 2 * bins * length(columns);
    checkTarget(program, spanOf(program, target, [count], [1]), [
      spanOf(program, source, [size, columns], [along, across]),
    ]);
    program.spend((count + columns) * size, 8 * size);
    // Cosines and sines of a turn's parts, the taper, and where a bit-reversed index leads.
    const cos = new Float64Array(size);
    const sin = new Float64Array(size);
    const taper = new Float64Array(size);
    const reversed = new Int32Array(size);
    for (let k = 0; k < size; k++) {
      cos[k] = Math.cos((2 * Math.PI * k) / size);
      sin[k] = Math.sin((2 * Math.PI * k) / size);
      taper[k] = 0.5 - 0.5 * cos[k];
      reversed[k] = (reversed[k >> 1] >> 1) + (k & 1 ? size >> 1 : 0);
    }
    const re = new Float64Array(size);
    const im = new Float64Array(size);

    const put = (bin: number, column: number, even: number, odd: number, sum: number): void => {
      // The mean of a tapered cosine; that of a tapered sine is 0.
      const mean = bin === 0 ? 0.5 : bin === 1 ? -0.25 : 0;
      const at = target + (bin - first) * columns + column;
      memory[at] = even - mean * sum;
      memory[at + bins * columns] = odd;
    };
    const direct: Step = () => {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let t = 0; t < size; t++) {
          const x = memory[source + t * along + column * across];
          sum += x;
          re[t] = taper[t] * x;
        }
        for (let bin = first; bin < first + bins; bin++) {
          let even = 0;
          let odd = 0;
          let turn = 0;
          for (let t = 0; t < size; t++) {
            even += re[t] * cos[turn];
            odd += re[t] * sin[turn];
            turn += bin;
            if (turn >= size) turn -= size;
          }
          put(bin, column, even, odd, sum);
        }
      }
    };
    /** In place, from bit-reversed order: Cooley and Tukey, 1965. */
    const transform = (r: Float64Array, i: Float64Array): void => {
      const n = size;
      for (let half = 1, step = n >> 1; half < n; half *= 2, step >>= 1)
        for (let k = 0, turn = 0; k < half; k++, turn += step) {
          const c = cos[turn];
          const s = sin[turn];
          for (let a = k; a < n; a += 2 * half) {
            const b = a + half;
            const x = r[b] * c + i[b] * s;
            const y = i[b] * c - r[b] * s;
            r[b] = r[a] - x;
            i[b] = i[a] - y;
            r[a] += x;
            i[a] += y;
          }
        }
    };
    const fast: Step = () => {
      for (let column = 0, pair = true; column < columns; column += pair ? 2 : 1) {
        pair = column + 1 < columns;
        const from = source + column * across;
        let sum = 0;
        let other = 0;
        for (let t = 0; t < size; t++) {
          const x = memory[from + t * along];
          const y = pair ? memory[from + t * along + across] : 0;
          sum += x;
          other += y;
          re[reversed[t]] = taper[t] * x;
          im[reversed[t]] = taper[t] * y;
        }
        // What is missing or infinite in one series would be so in the other.
        pair &&= 0 * sum + 0 * other === 0;
        if (!pair) im.fill(0);
        transform(re, im);
        // The two series' transforms from that of one plus i times the other.
        for (let bin = first; bin < first + bins; bin++) {
          const back = (size - bin) % size;
          put(bin, column, (re[bin] + re[back]) / 2, (im[back] - im[bin]) / 2, sum);
          if (pair) put(bin, column + 1, (im[bin] + im[back]) / 2, (re[bin] - re[back]) / 2, other);
        }
      }
    };
    return (size & (size - 1)) === 0 ? fast : direct;
  },
};

import { defineLayer, rowsReshaped } from "../layer/define-layer.ts";
import type { Layer } from "../net.ts";
import { centredWindow, windowDims } from "./window-statistic.ts";

/** Power of noise in the spectrum is 1 for a channel of deviation 1; a thousandth of that is silence. */
const SILENCE = 1e-3;

/**
 * The waves of a discrete Fourier transform under R. Hamming's window, as a matrix [samples, 2 * frequencies]: cosines,
 * then sines, scaled so that white noise of deviation 1 has power 1 at each frequency.
 */
function waves(samples: number, frequencies: number): Float32Array {
  const phase = (2 * Math.PI) / samples;
  const weights = Array.from(
    { length: samples },
    (_, at) => 0.54 - 0.46 * Math.cos((2 * Math.PI * at) / (samples - 1)),
  );
  const scale = 1 / Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
  const out = new Float32Array(samples * 2 * frequencies);
  for (let at = 0; at < samples; at++)
    for (let frequency = 0; frequency < frequencies; frequency++) {
      const angle = phase * at * (frequency + 1);
      const row = at * 2 * frequencies;
      out[row + frequency] = weights[at]! * scale * Math.cos(angle);
      out[row + frequencies + frequency] = weights[at]! * scale * Math.sin(angle);
    }
  return out;
}

/**
 * The logarithm of each channel's power at every whole frequency of a window, computed in the graph by one product with
 * a constant matrix: [batch, channels, samples] becomes [batch, channels * floor(samples / 2)]. What repeats within a
 * window is seen wherever in the window it begins.
 *
 * @throws DEFINITION_ILLEGAL when applied to another form.
 */
export function windowSpectrum(): Layer {
  return defineLayer("windowSpectrum", (scope, x) => {
    const { g } = scope;
    const [channels, samples] = windowDims("windowSpectrum", scope, x);
    const frequencies = Math.floor(samples / 2);
    const matrix = g.constant(waves(samples, frequencies), [samples, 2 * frequencies]);
    const parts = g.op("MatMul", [centredWindow()(scope, x), matrix]);
    const [real, imaginary] = g.ops(
      "Split",
      [g.op("Mul", [parts, parts]), g.ints([frequencies, frequencies])],
      {
        axis: 2,
      },
    );
    const power = g.op("Add", [real!, imaginary!]);
    const logarithm = g.op("Log", [g.op("Add", [power, g.scalar(SILENCE)])]);
    return rowsReshaped(scope, logarithm, [channels * frequencies]);
  });
}

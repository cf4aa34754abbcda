import { LARGEST } from "../format.ts";
import { below, checkTarget, length, runOf, type Operator } from "../program.ts";

/**
 * `kind, channels, height, width, height out, width out, kernel[2], stride[2], padding[top, left, bottom, right],
 * dilation[2], source, target`: the largest, the mean, or the mean with padding as zeros.
 */
export const pool: Operator = {
  words: 18,
  compile(program, args) {
    const { memory } = program;
    const [kind, channels, height, width, rows, columns, kh, kw, sh, sw] = args;
    const [top, left, bottom, right, dh, dw, source, target] = args.subarray(10);
    below(kind, 3, "kind");
    for (let at = 1; at < 10; at++) length(args[at]);
    for (let at = 10; at < 14; at++) below(args[at], LARGEST, "padding");
    length(dh);
    length(dw);
    const size = channels * rows * columns;
    checkTarget(program, runOf(program, target, size), [runOf(program, source, channels * height * width)]);
    program.spend(size * kh * kw);
    // How much of the padding counts.
    const padded = kind === 2 ? 1 : 0;
    return () => {
      let t = target;
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) {
            let sum = 0;
            let count = 0;
            let best = -Infinity;
            for (let u = 0; u < kh; u++) {
              const y = i * sh - top + u * dh;
              if (y < -top * padded || y >= height + bottom * padded) continue;
              for (let v = 0; v < kw; v++) {
                const x = j * sw - left + v * dw;
                if (x < -left * padded || x >= width + right * padded) continue;
                count++;
                if (y < 0 || y >= height || x < 0 || x >= width) continue;
                const value = memory[source + (c * height + y) * width + x];
                sum += value;
                if (value > best || value !== value) best = value;
              }
            }
            memory[t++] = kind === 0 ? best : sum / count;
          }
    };
  },
};

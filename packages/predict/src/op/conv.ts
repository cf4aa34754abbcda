import { LARGEST } from "../format.ts";
import { demand } from "../malformed.ts";
import { below, checkTarget, length, runOf, type Operator } from "../program.ts";
import { dot } from "./dot.ts";
import { unaryOf } from "./unary.ts";

/**
 * `groups, channels in, height, width, channels out, height out, width out, kernel[2], stride[2], padding before[2],
 * dilation[2], source, weight, bias or none, target, activation, p, q`: sums in double precision over input channel,
 * kernel row and kernel column rising, padding left out.
 */
export const conv: Operator = {
  words: 22,
  compile(program, args, numbers) {
    const { memory } = program;
    for (let at = 0; at < 11; at++) length(args[at]);
    for (let at = 11; at < 13; at++) below(args[at], LARGEST, "padding");
    for (let at = 13; at < 15; at++) length(args[at]);
    const [groups, channels, height, width, filters, rows, columns] = args;
    const [kh, kw, sh, sw, top, left, dh, dw] = args.subarray(7);
    const [source, weight, bias, target, activation] = args.subarray(15);
    demand(channels % groups === 0 && filters % groups === 0, "groups");
    const depth = channels / groups;
    const own = filters / groups;
    const f = unaryOf(activation);
    const p = numbers[20];
    const q = numbers[21];
    const size = filters * rows * columns;
    checkTarget(program, runOf(program, target, size), [
      runOf(program, source, channels * height * width),
      runOf(program, weight, filters * depth * kh * kw),
      bias === -1 ? undefined : runOf(program, bias, filters),
    ]);
    program.spend(size * (depth * kh * kw + 1));
    return () => {
      let t = target;
      for (let o = 0; o < filters; o++) {
        const from = source + ((o / own) | 0) * depth * height * width;
        const first = weight + o * depth * kh * kw;
        const start = bias === -1 ? 0 : memory[bias + o];
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) {
            // The part of a kernel's row that lies inside of the source.
            const x = j * sw - left;
            const v = x < 0 ? Math.ceil(-x / dw) : 0;
            const count = Math.min(kw, Math.ceil((width - x) / dw)) - v;
            let sum = 0;
            for (let c = 0; c < depth; c++)
              for (let u = 0; u < kh; u++) {
                const y = i * sh - top + u * dh;
                if (y < 0 || y >= height) continue;
                const line = from + (c * height + y) * width + x + v * dw;
                sum = dot(memory, line, dw, first + (c * kh + u) * kw + v, 1, count, sum);
              }
            sum += start;
            memory[t++] = activation === 0 ? sum : f(sum, p, q);
          }
      }
    };
  },
};

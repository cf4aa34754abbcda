import { expect, test } from "vitest";
import { symmetric } from "./weight.ts";
import { mayShareScale, type LayerSteps } from "./channel-scale.ts";

const [CHANNELS, INPUTS] = [8, 256];

/** Weights whose channels grow in size up to so many times the first. */
const weights = (times: number) => ({
  dims: [CHANNELS, INPUTS],
  values: Float32Array.from(
    { length: CHANNELS * INPUTS },
    (_, at) => Math.sin(at * at) * times ** (Math.floor(at / INPUTS) / (CHANNELS - 1)),
  ),
});

/** The mean square by which the results of a channel move when all is rounded as a layer rounds it. */
function moved(times: number, shares: boolean, { given, result }: LayerSteps): Float64Array {
  const { dims, values } = weights(times);
  const { values: whole, quantisation } = symmetric({ dims, values }, 0, shares);
  const squares = new Float64Array(CHANNELS);
  const rounds = 300;
  let draw = 0;
  for (let round = 0; round < rounds; round++) {
    const x = Float64Array.from({ length: INPUTS }, () => Math.SQRT2 * Math.sin((draw += 1) * draw));
    for (let channel = 0; channel < CHANNELS; channel++) {
      const scale = quantisation.scales[shares ? 0 : channel]!;
      let [exact, sum] = [0, 0];
      for (let at = 0; at < INPUTS; at++) {
        const place = channel * INPUTS + at;
        exact += values[place]! * x[at]!;
        sum += whole[place]! * scale * Math.round(x[at]! / given) * given;
      }
      squares[channel]! += (Math.round(sum / result) * result - exact) ** 2 / rounds;
    }
  }
  return squares;
}

test("a scale is shared where what rounding moves results by grows by half a bit at most, as roundings tell", () => {
  const steps = { given: 0.02, result: 0.3, square: 1 };
  const asked = [1, 2, 3.9].map((times) => {
    const [own, shared] = [moved(times, false, steps), moved(times, true, steps)];
    const grown = Math.max(...own.map((square, channel) => shared[channel]! / square));
    return { grown, may: mayShareScale(weights(times), 0, steps) };
  });
  for (const { grown, may } of asked) expect(grown < 2).toBe(may);
  expect(asked.map(({ may }) => may)).toEqual([true, true, false]);
});

test("channels so far apart that small ones would lose more than two bits keep their own", () => {
  const coarse = { given: 1, result: 1e6, square: 1 };
  expect([3.9, 4.5].map((times) => mayShareScale(weights(times), 0, coarse))).toEqual([true, false]);
});

import type { DevicePorts } from "../ports.ts";
import { expectSame, expectThat, type PortCheck } from "./check.ts";

const who = "random";

/** What the port of unpredictable bytes promises, as far as it can be seen from outside. */
export const RANDOM_CHECKS: readonly PortCheck<DevicePorts["random"]>[] = [
  {
    name: "gives as many bytes as asked, also none and more than 65,536",
    run: async (random) => {
      for (const length of [0, 1, 16, 32, 70_000]) expectSame(who, "length", random(length).length, length);
    },
  },
  {
    name: "gives other bytes each time, in an array of the caller's own",
    run: async (random) => {
      const seen = new Set<string>();
      const first = random(16);
      const before = first.join();
      for (let call = 0; call < 1000; call += 1) seen.add(random(16).join());
      expectSame(who, "different values", seen.size, 1000);
      expectSame(who, "the first value", first.join(), before);
    },
  },
  {
    name: "sets every bit about half of the time",
    run: async (random) => {
      const counts = Array.from({ length: 8 }, () => 0);
      const length = 8000;
      for (const byte of random(length)) {
        for (let bit = 0; bit < 8; bit += 1) counts[bit]! += (byte >> bit) & 1;
      }
      // Six standard deviations (sqrt(length) / 2 each): one sound generator in 60 million fails for one of the bits.
      const most = 6 * (Math.sqrt(length) / 2);
      for (const [bit, count] of counts.entries()) {
        expectThat(Math.abs(count - length / 2) < most, who, `bit ${bit}`, `${count} of ${length}`);
      }
    },
  },
];

import type { DevicePorts } from "../ports.ts";
import { expectThat, type PortCheck } from "./check.ts";

/** The ports of time. */
export type TimePorts = Pick<DevicePorts, "clock" | "monotonic" | "timer">;

const who = "time";

/** What clock, monotonic clock and timer promise. Takes about 200 ms. */
export const TIME_CHECKS: readonly PortCheck<TimePorts>[] = [
  {
    name: "the clock shows milliseconds since 1970, after 2020 and before 2100",
    run: async ({ clock }) => {
      const now = clock();
      expectThat(now > 1_577_836_800_000 && now < 4_102_444_800_000, who, "clock", now);
    },
  },
  {
    name: "the monotonic clock never goes back and is finite",
    run: async ({ monotonic }) => {
      let last = monotonic();
      for (let look = 0; look < 10_000; look += 1) {
        const now = monotonic();
        expectThat(Number.isFinite(now) && now >= last, who, "monotonic", `${now} after ${last}`);
        last = now;
      }
    },
  },
  {
    name: "a wait lasts at least as long as asked, and the monotonic clock counts milliseconds meanwhile",
    run: async ({ monotonic, timer }) => {
      const begun = monotonic();
      await timer.wait(60);
      const lasted = monotonic() - begun;
      // Timers may fire a few milliseconds early.
      expectThat(lasted >= 50 && lasted < 30_000, who, "timer", `${lasted} ms for 60 ms`);
    },
  },
  {
    name: "waits run side by side, and one of nothing ends",
    run: async ({ monotonic, timer }) => {
      const begun = monotonic();
      await Promise.all([timer.wait(0), ...Array.from({ length: 20 }, () => timer.wait(40))]);
      const lasted = monotonic() - begun;
      expectThat(lasted < 700, who, "timer", `${lasted} ms for 20 waits of 40 ms`);
    },
  },
];

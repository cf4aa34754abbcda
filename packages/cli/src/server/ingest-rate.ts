import type { IngestCounts } from "@tideline/pipeline";
import type { LoopStatus } from "@tideline/spec";

type Rate = LoopStatus["ingest"]["rate"];

/** Seconds that are remembered. */
const SECONDS = 120;

/** Samples the ingest counters each wall second and gives the differences: events and samples a second. */
export function ingestRate(counts: () => IngestCounts): {
  readonly points: () => Rate;
  readonly stop: () => void;
} {
  const points: Rate[number][] = [];
  let before = counts();
  const timer = setInterval(() => {
    const now = counts();
    points.push({
      second: Math.floor(Date.now() / 1000),
      events: now.events - before.events,
      samples: now.samples - before.samples,
    });
    if (points.length > SECONDS) points.shift();
    before = now;
  }, 1000);
  timer.unref();
  return { points: () => [...points], stop: () => clearInterval(timer) };
}

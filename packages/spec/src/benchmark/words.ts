import type { BenchmarkReport, SustainedRun } from "./report.ts";

/** Seconds below which a run is too short to warm a device up. */
const SHORT = 30;

/** What reports can be said to hold for: whether a phone was among the devices. */
export function phoneWords(reports: readonly Pick<BenchmarkReport, "device">[]): string {
  const phones = reports.filter(({ device }) => device.kind === "phone");
  if (phones.length === 0)
    return "Not run on a phone: no figure here was measured on one, and a phone's processor, memory and heat are other ones.";
  return `Run on ${phones.length === 1 ? "a phone" : `${phones.length} phones`}: ${phones
    .map(({ device }) => `${device.name} (${device.system})`)
    .join(", ")}. Parts of other devices say nothing of phones.`;
}

/** What a sustained run shows of the device. */
export function slowdownWords({
  seconds,
  lastOverFirst,
}: Pick<SustainedRun, "seconds" | "lastOverFirst">): string {
  const change = `${Math.round(Math.abs(100 * (lastOverFirst - 1)))} %`;
  const verdict =
    lastOverFirst < 0.9
      ? `slower by ${change} at the end, as under throttling or with others on the processor`
      : lastOverFirst > 1.1
        ? `faster by ${change} at the end, as while it still warmed up or others left the processor`
        : `no slowdown to speak of (${change})`;
  return seconds < SHORT ? `${verdict}; ${Math.round(seconds)} s are too short to heat a device` : verdict;
}

import { readFileSync, writeFileSync } from "node:fs";

/** Resident memory of this process in bytes, now (`VmRSS`) or at its highest (`VmHWM`), as Linux counts it. */
export function residentBytes(which: "VmRSS" | "VmHWM"): number {
  const line = readFileSync("/proc/self/status", "utf8").match(new RegExp(`^${which}:\\s+(\\d+) kB`, "m"));
  if (line === null) throw new Error(`/proc/self/status has no ${which}`);
  return Number(line[1]) * 1024;
}

/** Forgets the highest so far: `VmHWM` starts again at what is resident now. */
export function forgetPeak(): void {
  writeFileSync("/proc/self/clear_refs", "5");
}

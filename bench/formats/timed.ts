import { forgetPeak, residentBytes } from "../side/memory.ts";

/** A file that a runtime has loaded, as it is timed. */
export interface TimedFile {
  /** Milliseconds from bytes to the first answer. */
  readonly loadMs: number;
  /** Bytes that were resident at most while it loaded and answered once, above those before. */
  readonly peakBytes: number;
  /** Microseconds of each of so many runs of one row. */
  time(runs: number): Promise<readonly number[]>;
  close(): Promise<void>;
}

/** Opens in this process: `open` gives a function that answers row `index`. */
export async function timedHere(
  open: () => Promise<{ readonly run: (index: number) => unknown; readonly close: () => Promise<void> }>,
): Promise<TimedFile> {
  globalThis.gc?.();
  forgetPeak();
  const before = residentBytes("VmRSS");
  const began = performance.now();
  const { run, close } = await open();
  await run(0);
  const loadMs = performance.now() - began;
  const peakBytes = Math.max(0, residentBytes("VmHWM") - before);
  return {
    loadMs,
    peakBytes,
    async time(runs) {
      const times: number[] = [];
      for (let index = 0; index < runs; index += 1) {
        const start = performance.now();
        await run(index);
        times.push((performance.now() - start) * 1000);
      }
      return times;
    },
    close,
  };
}

/** The number that a share of a list does not exceed. */
export const quantile = (list: readonly number[], share: number): number =>
  list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))]!;

/** Figures with four digits. */
export const rounded = (value: number): number => Number(value.toPrecision(4));

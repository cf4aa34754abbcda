import type { ColumnKind, ValueFacts } from "@tideline/learn/frame";
import type { PageMemory } from "./page-memory.ts";

/** Finds what holds for all values of a piece of a column while they are at hand. */
export interface FactFinder {
  /** The next `count` values; whether some of their page are missing. */
  see(at: number, count: number, gaps: boolean): void;
  /** Undefined where there is nothing to say. */
  facts(): ValueFacts | undefined;
}

/** Starts before the first value of a piece. Of kinds whose values do not tell that they are missing nothing is found. */
export function factFinder(bytes: number, kind: ColumnKind, memory: PageMemory): FactFinder {
  let complete = kind === "float" || kind === "time";
  let rise = kind === "time" ? 2 : 0;
  let before = Number.NEGATIVE_INFINITY;
  return {
    see(at, count, gaps) {
      complete &&= !gaps;
      rise = complete && rise > 0 ? Math.min(rise, memory.kernel.riseOf(at, count, before)) : 0;
      if (rise > 0) before = memory.view.getFloat64(at + (count - 1) * 8, true);
      else complete &&= memory.kernel.areNumbers(bytes, at, count) !== 0;
    },
    facts() {
      if (!complete) return undefined;
      return rise === 0 ? { complete } : { complete, rise: rise === 2 ? "each" : "some" };
    },
  };
}

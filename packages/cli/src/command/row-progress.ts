import { count } from "../output/figure.ts";

/** Milliseconds between two lines of progress. */
const EVERY = 1000;

/** Tells how many rows have come, at most once a second; nothing of what takes less. */
export function rowProgress(tell: (line: string) => void): (rows: number) => void {
  let told = Date.now();
  return (rows) => {
    if (Date.now() - told < EVERY) return;
    told = Date.now();
    tell(`${count(rows)} rows`);
  };
}

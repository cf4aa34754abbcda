import type { Random } from "../../../random.ts";

/**
 * So many of the rows 0 .. rows - 1, ascending, each set as likely as another: selection sampling (D. Knuth, The Art of
 * Computer Programming 2, algorithm 3.4.2S).
 */
export function drawRows(random: Random, rows: number, count: number): Int32Array {
  const drawn = new Int32Array(count);
  let at = 0;
  for (let row = 0; at < count; row++) if ((rows - row) * random.uniform() < count - at) drawn[at++] = row;
  return drawn;
}

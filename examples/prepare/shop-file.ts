import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@tideline/learn";

const FILE = "online_shoppers_intention.csv.gz";

/** The file of visits: that of the public data set, or one of visits drawn at random with the same columns. */
export function shopFile(): string {
  const beside = process.env["TIDELINE_DATA"];
  const folder =
    beside === undefined ? join(import.meta.dirname, "../../../shared/data") : join(beside, "..");
  const real = join(folder, "online-shoppers", FILE);
  return existsSync(real) ? real : drawnVisits(2000);
}

const NAMES =
  "Administrative,Administrative_Duration,Informational,Informational_Duration,ProductRelated,ProductRelated_Duration,BounceRates,ExitRates,PageValues,SpecialDay,Month,OperatingSystems,Browser,Region,TrafficType,VisitorType,Weekend,Revenue";
const MONTHS = ["Feb", "Mar", "May", "Oct", "Nov", "Dec"];

/** Writes visits of a seeded draw; the same file each time. */
export function drawnVisits(rows: number): string {
  const { integer: whole, uniform } = seededRandom(7);
  const lines = Array.from({ length: rows }, () => {
    const pages = [whole(10), whole(4), 1 + whole(80)];
    const times = pages.map((one) => (one * (5 + 60 * uniform())).toFixed(2));
    const value = uniform() < 0.7 ? 0 : Number((60 * uniform()).toFixed(3));
    const visitor = uniform() < 0.8 ? "Returning_Visitor" : "New_Visitor";
    const bought = uniform() < (value > 0 ? 0.5 : 0.05) ? "TRUE" : "FALSE";
    return [
      ...pages.flatMap((one, at) => [one, times[at]!]),
      (0.2 * uniform()).toFixed(4),
      (0.2 * uniform()).toFixed(4),
      value,
      uniform() < 0.9 ? 0 : 0.4,
      MONTHS[whole(MONTHS.length)]!,
      1 + whole(4),
      1 + whole(4),
      1 + whole(9),
      1 + whole(10),
      visitor,
      uniform() < 0.25 ? "TRUE" : "FALSE",
      bought,
    ].join(",");
  });
  const folder = join(tmpdir(), "tideline-example-prepare");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `visits-${rows}.csv`);
  const text = `${NAMES}\n${lines.join("\n")}\n`;
  // Whole at once, and only where it is not there: others may read it.
  if (existsSync(path) && readFileSync(path, "utf8") === text) return path;
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

import { seededRandom } from "../../../random.ts";
import type { TreeKernels } from "../../kernel/tree-kernels.ts";
import type { BoostSettings } from "../boost-setting.ts";
import type { OpenObjective } from "../objective/objective.ts";
import { drawRows } from "../sample/draw-rows.ts";
import { gossRows } from "../sample/goss.ts";
import { seedOf } from "../sample/seed-of.ts";

/** The rows of a round's trees. */
export interface RoundRows {
  /** Ascending; undefined for all. */
  readonly bag: Int32Array | undefined;
  /** The others. */
  readonly outside: Int32Array | undefined;
  /** What a row's derivatives are multiplied by; undefined where all count as they are. */
  readonly factor: ((row: number) => number) | undefined;
  /** The output whose derivatives stand in the kernels already; -1 for none. */
  readonly derived: number;
}

const ALL: RoundRows = { bag: undefined, outside: undefined, factor: undefined, derived: -1 };

/** Draws the rows of a round: all, a share, or by the derivatives that the scores have now (GOSS). */
export function roundRows(
  settings: Pick<BoostSettings, "rowShare" | "goss" | "rate" | "seed">,
  round: number,
  { gradient, hessian, table }: Pick<TreeKernels, "gradient" | "hessian" | "table">,
  open: OpenObjective,
  scores: Float64Array,
): RoundRows {
  const { rows } = table;
  const { rowShare, goss, seed } = settings;
  if (goss !== undefined) {
    // As long as all trees together have not made a whole step, derivatives say little of rows.
    if (round < Math.floor(1 / settings.rate)) return ALL;
    const size = new Float32Array(rows);
    const outputs = scores.length / rows;
    for (let output = 0; output < outputs; output++) {
      open.derivatives(scores, output, gradient, hessian);
      for (let row = 0; row < rows; row++) size[row]! += Math.abs(gradient[row]! * hessian[row]!);
    }
    // Errors are named where derivatives are checked.
    if (!size.every(Number.isFinite)) return ALL;
    const { rows: bag, drawn, factor } = gossRows(seededRandom(seedOf(seed, round, "goss")), size, goss);
    return {
      bag,
      outside: outsideOf(rows, bag),
      factor: (row) => (drawn[row] === 1 ? factor : 1),
      derived: outputs - 1,
    };
  }
  if (rowShare >= 1) return ALL;
  const count = Math.max(1, Math.round(rowShare * rows));
  const bag = drawRows(seededRandom(seedOf(seed, round, "bag")), rows, count);
  return { bag, outside: outsideOf(rows, bag), factor: undefined, derived: -1 };
}

function outsideOf(rows: number, bag: Int32Array): Int32Array {
  const others = new Int32Array(rows - bag.length);
  let at = 0;
  for (let row = 0, next = 0; row < rows; row++) {
    if (bag[next] === row) next++;
    else others[at++] = row;
  }
  return others;
}

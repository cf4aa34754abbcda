import { tidelineError } from "@tideline/spec";
import { assignmentOf } from "./assign-part.ts";
import { fingerprint } from "./fingerprint.ts";
import { keepMask } from "./keep-mask.ts";
import { changed, partId, PARTS, readPart, type Part, type PartName } from "./part.ts";
import { runStep, stepPath, type PartCount, type Preparing, type StepLeft } from "./preparing.ts";
import { masked } from "./row-change.ts";
import type { SplitPlan } from "./split-plan.ts";
import { writeStepFile, type StepFile } from "./step-file.ts";

/** Rows by part; those that a plan does not ask for are absent. */
export type Parts = Readonly<Partial<Record<PartName, Part>> & { readonly train: Part }>;

/** The parts that a plan asks for. */
export function plannedParts(plan: SplitPlan | undefined): readonly PartName[] {
  if (plan === undefined) return ["train"];
  const has = "testFrom" in plan ? plan.validationFrom !== undefined : (plan.validation ?? 0) > 0;
  const test = "testFrom" in plan || (plan.test ?? 0.2) > 0;
  return PARTS.filter((name) => name === "train" || (name === "test" ? test : has));
}

/**
 * Parts rows; without a plan all are to train on. Its output is a bit for each row and part.
 *
 * @throws NOT_ENOUGH_DATA for a part that gets no row; ARGUMENT_INVALID for a column that is absent or of another kind.
 */
export async function splitStep(
  preparing: Preparing,
  all: Part,
  plan: SplitPlan | undefined,
): Promise<Parts> {
  if (plan === undefined) return Object.freeze({ train: all });
  const names = plannedParts(plan);
  const cause = { name: "split", parameters: fingerprint(plan, "split"), input: partId(all) };
  const { files } = await runStep<StepLeft>(preparing, cause, async (key, count) => {
    const assignment = await assignmentOf(plan, all);
    const masks = PARTS.map(keepMask);
    const rowsOf = PARTS.map(() => 0);
    const gone = assignment.reasons.map(() => 0);
    for await (const rows of readPart(all)) {
      const places = assignment.of(rows);
      for (const [at, mask] of masks.entries())
        mask.add(Uint8Array.from(places, (place) => Number(place === at)));
      for (const place of places)
        if (place >= 0) rowsOf[place]!++;
        else gone[-1 - place]!++;
      count(rows.rows);
    }
    const left: Record<string, StepFile> = {};
    const parts: Record<string, PartCount> = {};
    for (const [at, name] of PARTS.entries()) {
      if (!names.includes(name)) continue;
      if (rowsOf[at] === 0) throw empty(name, plan, masks[0]!.rows());
      left[name] = await writeStepFile(preparing.root, stepPath(key, `${name}.keep`), masks[at]!.bytes());
      parts[name] = { rowsIn: rowsOf[at]!, rowsOut: rowsOf[at]! };
    }
    const lost = gone.reduce((sum, rows) => sum + rows, 0);
    if (lost > 0) parts["none"] = { rowsIn: lost, rowsOut: 0 };
    const why = assignment.reasons.flatMap((reason, at) => (gone[at]! > 0 ? [[reason, gone[at]!]] : []));
    return { files: left, parts, why: Object.fromEntries(why) as Record<string, number> };
  });
  const parts = names.map((name) => [name, changed(all, masked(preparing.root, files[name]!))] as const);
  return Object.freeze(Object.fromEntries(parts) as unknown as Parts);
}

function empty(name: PartName, plan: SplitPlan, rows: number) {
  return tidelineError("NOT_ENOUGH_DATA", {
    who: "prepare",
    field: `split (by ${plan.by})`,
    expected: `rows for ${name}`,
    received: `none of ${rows}`,
    remedy:
      plan.by === "group"
        ? "There are too few groups for these shares: hold out more, or another seed."
        : undefined,
  });
}

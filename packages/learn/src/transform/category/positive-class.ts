import { wrongLabels, type LabelCells } from "./label-cell.ts";

/** The place of the class that is asked about: the named one, else the second of two. @throws ARGUMENT_INVALID */
export function positiveClass(who: string, { classes }: LabelCells, positive: string | undefined): number {
  if (positive === undefined) {
    if (classes.length === 2) return 1;
    throw wrongLabels(who, "two classes, or the option positive", classes.join(", ") || "values");
  }
  const at = classes.indexOf(positive);
  if (at >= 0) return at;
  throw wrongLabels(who, `classes with "${positive}"`, classes.join(", ") || "values");
}

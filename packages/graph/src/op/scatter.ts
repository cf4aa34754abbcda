import { unsupported } from "../unsupported.ts";
import { illegal } from "./op-definition.ts";

/** How what is scattered to a place meets what is there. */
const COMBINE: Record<string, (there: number, update: number) => number> = {
  none: (_, update) => update,
  add: (there, update) => there + update,
  mul: (there, update) => there * update,
  max: Math.max,
  min: Math.min,
};

/** The combination that a `reduction` attribute names. @throws GRAPH_ILLEGAL for no such one. */
export function combinationOf(who: string, reduction: string): (there: number, update: number) => number {
  if (Object.hasOwn(COMBINE, reduction)) return COMBINE[reduction]!;
  throw illegal(who, "reduction", Object.keys(COMBINE).join(", "), reduction);
}

/** The opset that scattering with a reduction needs. */
export function scatterOpset(reduction: string): number {
  return reduction === "none" ? 11 : reduction === "add" || reduction === "mul" ? 16 : 18;
}

/** Wants a reduction through which the gradient goes. */
export function smoothReduction(who: string, reduction: string): void {
  if (reduction !== "none" && reduction !== "add")
    throw unsupported(
      who,
      "a reduction with a gradient: none or add",
      `${reduction}: which update counts where several meet is not known`,
    );
}

import { isTidelineError, messageOf } from "@tideline/spec";
import type { ModelArtifact, ParityReport } from "../release/index.ts";
import { formatOf } from "./format-variant.ts";

/** What may be offered beside a graph, and the parity of all that is. */
export interface ComparedVariants {
  readonly parity: ParityReport;
  readonly offered: readonly ModelArtifact[];
  /** Why a format is not offered, by format. */
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * The parity of a graph with what may be offered beside it: a file of rounded numbers that fails the gate is left out, the others
 * stay. One of exact numbers that fails is an error of the graph.
 *
 * @throws PARITY_FAILED where the graph or a file of exact numbers fails.
 */
export async function comparedVariants(
  compare: (artifacts: readonly ModelArtifact[]) => Promise<ParityReport>,
  variants: readonly ModelArtifact[],
): Promise<ComparedVariants> {
  const rounded = variants.filter(({ numbers }) => numbers !== "exact");
  try {
    return { parity: await compare(variants), offered: variants, refused: {} };
  } catch (error) {
    if (!isTidelineError(error, "PARITY_FAILED") || rounded.length === 0) throw error;
  }
  let offered = variants.filter((one) => !rounded.includes(one));
  let parity = await compare(offered);
  const refused: Record<string, string> = {};
  for (const one of rounded) {
    const tried = variants.filter((other) => other === one || offered.includes(other));
    try {
      parity = await compare(tried);
      offered = tried;
    } catch (error) {
      if (!isTidelineError(error, "PARITY_FAILED")) throw error;
      refused[formatOf(one)] = messageOf(error);
    }
  }
  return { parity, offered, refused };
}

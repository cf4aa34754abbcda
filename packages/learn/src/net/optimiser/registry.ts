import { configured, type Configuration } from "../configured.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import type { Optimiser } from "./optimiser.ts";
import { sgd } from "./sgd.ts";

/** The names of optimisers. */
export type OptimiserName = "adam" | "adamw" | "sgd";

/** Optimisers by name. One that is missing here does not compile. */
export const OPTIMISERS = { adam, adamw, sgd } satisfies Record<OptimiserName, (options: never) => Optimiser>;

/** An optimiser as plain data: `"adam"`, `{ adamw: { decay: 0.05 } }`. */
export type OptimiserConfiguration = Configuration<typeof OPTIMISERS>;

/**
 * The optimiser that plain data describes.
 *
 * @throws DEFINITION_ILLEGAL for a name that there is not or an option out of range.
 */
export function optimiserFrom(configuration: OptimiserConfiguration): Optimiser {
  return configured("optimiser", OPTIMISERS, configuration);
}

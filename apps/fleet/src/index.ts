export type {
  FleetCommand,
  FleetConfiguration,
  FleetMessage,
  PhasePlan,
  PhoneEntry,
  PhoneStatus,
  PhoneSummary,
} from "./message.ts";
export type { Special } from "./trait.ts";
export { CANARY } from "./canary.ts";

/**
 * Entry of the fleet's process; it speaks {@link FleetCommand} and {@link FleetMessage}.
 *
 * @example
 * const fleet = fork(fleetEntry, { serialization: "json" });
 * fleet.send({ type: "configure", ...configuration } satisfies FleetCommand);
 */
export const fleetEntry: URL = new URL("./main.ts", import.meta.url);

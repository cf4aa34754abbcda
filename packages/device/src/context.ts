import type { AppDefinition } from "@tideline/spec";
import type { ClientLimits } from "./limits.ts";
import type { DevicePorts } from "./ports.ts";
import type { Tally } from "./tally.ts";

/** What holds for a person whatever they, or somebody for them, agreed to. */
export interface Restriction {
  /** An opt-out signal (Global Privacy Control, a setting of the system): only purposes declared `essential` count. */
  readonly optOut?: boolean;
  /**
   * A minor: no lasting id (events carry no user and every start is a new install) and no training (no purpose of a
   * model counts, so that the rule answers).
   */
  readonly minor?: boolean;
}

/** What the parts of one client share. */
export interface Context {
  readonly app: AppDefinition;
  readonly ports: DevicePorts;
  readonly limits: ClientLimits;
  readonly tally: Tally;
  readonly collect: string;
  readonly console: string;
  readonly writeKey: string;
  readonly keepJournal?: boolean;
  readonly restrict?: Restriction;
  readonly region?: string;
}

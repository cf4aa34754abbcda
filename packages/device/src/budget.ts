import type { DevicePorts } from "./ports.ts";

/** What was spent on a day. */
export interface BudgetStatus {
  /** Days since 1970, UTC. */
  readonly day: number;
}

/** What a client may spend in a day; see `createBudget`. */
export interface Budget {
  /** The same ports, of which use is counted and bounded. */
  open(ports: DevicePorts): Promise<DevicePorts>;
  status(): BudgetStatus;
}

/** What a phone process is told. */
export interface PhoneOrder {
  readonly folder: string;
  /** Base URL of the ingest server. */
  readonly collect: string;
  /** Names the installation on this device: another one makes the folder a copy. */
  readonly instance: string;
  /** Begins the target of every event, so that each is recognised later. */
  readonly label: string;
  /** Point at whose `pass`-th pass the process ends itself; none: it ends in peace, or from outside. */
  readonly dieAt: string | null;
  readonly pass: number;
  /** Pairs of events to record. */
  readonly events: number;
}

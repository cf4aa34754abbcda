import type { Identity } from "./identity.ts";

/** The SQL of a table of a snapshot, usable after FROM. */
export type Relation = (table: string) => string;

/** The tables of a snapshot, and who their pseudonyms mean. */
export interface PeopleSource {
  readonly relation: Relation;
  readonly identity: Identity;
}

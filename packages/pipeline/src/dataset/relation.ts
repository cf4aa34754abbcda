/** The SQL of a table of a snapshot, usable after FROM. */
export type Relation = (table: string) => string;

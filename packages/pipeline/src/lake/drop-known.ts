import type { Engine } from "./engine.ts";
import { tableSql } from "./scan.ts";
import type { Snapshot } from "./snapshot.ts";
import { stageName } from "./stage.ts";
import { RECEIPT } from "./table-schema.ts";

/** Tables whose rows have an identity: all but the receipts. */
function identityTables(snapshot: Snapshot): readonly string[] {
  return Object.keys(snapshot.manifest.tables).filter((table) => table !== RECEIPT);
}

/** A relation with the identity of every row of a snapshot. */
function identitySql(snapshot: Snapshot): string {
  const parts = identityTables(snapshot).map(
    (table) => `select install_id, epoch, seq from ${tableSql(snapshot, table)}`,
  );
  return `(${parts.join(" union all ")})`;
}

/**
 * The second guard on identity: deletes staged rows whose (install, epoch, seq) the parent snapshot holds, in
 * whatever table, and answers how many they were.
 */
export async function dropKnown(
  engine: Engine,
  parent: Snapshot,
  tables: readonly string[],
): Promise<number> {
  const staged = tables.filter((table) => table !== RECEIPT);
  const installs = staged.map((table) => `select install_id from ${stageName(table)}`).join(" union ");
  await engine.run(
    `create table known as select distinct * from ${identitySql(parent)} where install_id in (${installs})`,
  );
  let dropped = 0;
  for (const table of staged) {
    const { rowsChanged } = await engine.connection.run(
      `delete from ${stageName(table)} where (install_id, epoch, seq) in (select (install_id, epoch, seq) from known)`,
    );
    dropped += rowsChanged;
  }
  await engine.run("drop table known");
  return dropped;
}

/**
 * How many rows of a snapshot, over all its tables, repeat an identity that another row has: 0, or something is
 * broken.
 */
export async function countStoredDuplicates(engine: Engine, snapshot: Snapshot): Promise<number> {
  const identities = identitySql(snapshot);
  const { repeated } = await engine.columns(
    `select cast(coalesce(sum(times - 1), 0) as double) as repeated
       from (select count(*) as times from ${identities} group by install_id, epoch, seq)`,
  );
  return (repeated as Float64Array)[0]!;
}

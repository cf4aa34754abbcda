import type { LogPosition } from "../log-record.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { identityIndex, type IdentityIndex } from "./identity.ts";
import { readLogOf } from "./log/read-log.ts";
import type { WriterLog } from "./log/writer-log.ts";

/**
 * The identities that a log holds up to a position, from the last checkpoint and the records after it.
 *
 * @throws `LOG_CORRUPT`
 */
export async function rebuildIdentities(
  log: WriterLog,
  to: LogPosition,
): Promise<{ identities: IdentityIndex; records: number }> {
  const identities = identityIndex();
  const checkpoint = await readCheckpoint(log);
  for (const [install, epoch, set] of checkpoint?.identities ?? []) identities.addSet(install, epoch, set);
  let records = 0;
  for await (const { record } of readLogOf(log, checkpoint?.position ?? null, { to })) {
    const { install, epoch, events, quarantined, erased } = record;
    if (erased !== undefined) identities.addSet(install, epoch, erased);
    identities.add(
      install,
      epoch,
      [...events, ...quarantined].map(({ seq }) => seq),
    );
    records += 1;
  }
  return { identities, records };
}

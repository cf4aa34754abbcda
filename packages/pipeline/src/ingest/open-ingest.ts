import { setImmediate as nextTurn } from "node:timers/promises";
import {
  scaledClock,
  tidelineError,
  type AppDefinition,
  type Clock,
  type TidelineError,
} from "@tideline/spec";
import { followErased } from "../catalog/erased-file.ts";
import { folderRegion } from "../catalog/region.ts";
import type { LogPosition } from "../log-record.ts";
import { batchAcceptor } from "./accept-batch.ts";
import { authoriser } from "./authorise.ts";
import { writeCheckpoint, type FollowedLedger } from "./checkpoint.ts";
import type { IngestCounts } from "./ingest-counts.ts";
import type { IngestOptions } from "./ingest-options.ts";
import { DEFAULT_INGEST_LIMITS } from "./limits.ts";
import { logFault } from "./log/log-fault.ts";
import { openLog } from "./log/open-log.ts";
import { writerLog } from "./log/writer-log.ts";
import { pseudonymiser } from "./pseudonym.ts";
import { rebuildIdentities } from "./rebuild-identities.ts";
import { checkDefinitionResidency } from "./residency.ts";
import { ingestServer } from "./server.ts";

/** What {@link openIngest} calls. */
export interface IngestEvents {
  readonly onDurable: (position: LogPosition) => void;
  /** The log has failed: everything waiting was refused, and the process has to stop. */
  readonly onFault: (error: TidelineError) => void;
}

/** Milliseconds between looks at the ledger of erasures, where no batch comes that looks at it. */
const ERASED_MS = 200;

/** What the operator reads when the first batch of another region is turned away; the counts say how many follow. */
const MISROUTED =
  "collect: a client sent what belongs to another region, and will go on: it has the wrong address [RESIDENCY_MISMATCH]\n";

/** An ingest server of this thread. */
export interface OpenIngest {
  /** URL at which it listens. */
  readonly address: string;
  readonly position: LogPosition;
  counts(): IngestCounts;
  /** Stops listening, answers what it has, and closes the log. */
  close(): Promise<void>;
}

function listenError(cause: unknown, host: string, port: number): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code !== "EADDRINUSE" && code !== "EACCES") return cause;
  return tidelineError("PORT_IN_USE", {
    who: "collect",
    field: "port",
    expected: "a free port",
    received: `${host}:${port} (${code})`,
    remedy: "Stop the process that listens there, or choose another port; 0 takes any.",
    cause,
  });
}

/** Who has left by now. A ledger that cannot be read keeps phones waiting: better late than of somebody who left. */
function erasedFollower(folder: string): ReturnType<typeof followErased> {
  const follow = followErased(folder);
  return () => {
    try {
      return follow();
    } catch (cause) {
      const received = "a ledger of erasures that cannot be read";
      throw tidelineError("UNAVAILABLE", { who: "collect", received, cause });
    }
  };
}

/**
 * Opens a folder's log and listens for batches, in this thread; owners use `startIngest`, which gives it a thread of
 * its own.
 *
 * @throws `PORT_IN_USE`, `LOG_CORRUPT`, `FENCED`, `DISK_FULL`, `FSYNC_FAILED`, and `RESIDENCY_MISMATCH` where the
 * definition declares another region than the folder's
 */
export async function openIngest(
  app: AppDefinition,
  options: IngestOptions,
  events: IngestEvents,
): Promise<OpenIngest> {
  const { folder, writer = null, epoch, host = "127.0.0.1", port } = options;
  const place = writerLog(folder, writer);
  const limits = { ...DEFAULT_INGEST_LIMITS, ...options.limits };
  const region = await folderRegion(folder);
  checkDefinitionResidency(app, folder, region);
  const wall: Clock = Date.now;
  const clock = options.clock === null ? wall : scaledClock(options.clock, wall);
  let checkpointed: LogPosition;
  let checkpointing: Promise<void> | undefined;

  const checkpoint = async (position: LogPosition): Promise<void> => {
    // The numbers of this commit are marked when its appends have resolved.
    await nextTurn();
    try {
      await writeCheckpoint(place, position, identities, followed);
      checkpointed = position;
    } catch (cause) {
      events.onFault(logFault(cause, folder));
    } finally {
      checkpointing = undefined;
    }
  };

  const log = await openLog({
    folder,
    writer,
    epoch,
    segmentBytes: limits.segmentBytes,
    onFault: events.onFault,
    onCommit: (position) => {
      events.onDurable(position);
      if (position.segment !== checkpointed.segment) checkpointing ??= checkpoint(position);
    },
  });
  const erased = erasedFollower(folder);
  // This owner's first segment was begun before the ledger was read, and nothing was taken yet.
  let followed: FollowedLedger = { generation: erased().generation, epoch, segment: 0 };
  const { identities, records } = await rebuildIdentities(place, log.position());
  identities.forget(erased().hasInstall);
  checkpointed = log.position();
  if (records > 0 || followed.generation > 0)
    await writeCheckpoint(place, checkpointed, identities, followed);

  const acceptor = batchAcceptor({
    app,
    log,
    identities,
    pseudonymise: pseudonymiser(options.pseudonymKey),
    clock,
    limits,
    erased,
    region,
    onMisrouted: () => process.stderr.write(MISROUTED),
  });
  let following: number | undefined;
  /** Gives an erasure segments that nobody writes to, and a checkpoint without those who have left. */
  const followErasure = async (): Promise<void> => {
    const people = erased();
    const { generation } = people;
    if (following === generation || followed.generation === generation) return;
    following = generation;
    await log.roll(async (position) => {
      await checkpointing;
      // The numbers of the last commit are marked when its appends have resolved.
      await nextTurn();
      identities.forget(people.hasInstall);
      followed = { generation, epoch, segment: position.segment };
      await writeCheckpoint(place, position, identities, followed);
      checkpointed = position;
    });
  };
  const server = ingestServer({
    acceptor,
    authorise: authoriser(options.writeKeys),
    limits,
    waitingBytes: log.waitingBytes,
    onBug: (frames) => process.stderr.write(`collect: an error of the server [INTERNAL]\n${frames}\n`),
  });
  const address = await server.listen({ host, port }).catch(async (cause: unknown) => {
    await log.close();
    throw listenError(cause, host, port);
  });
  const looking = setInterval(() => {
    // The log tells of its own fault.
    followErasure().catch((cause: unknown) => events.onFault(logFault(cause, folder)));
  }, ERASED_MS);
  return {
    address,
    position: log.position(),
    counts: acceptor.counts,
    close: async () => {
      clearInterval(looking);
      // What has not come in whole by then was not acknowledged: its phone sends it again.
      const patience = setTimeout(() => server.server.closeAllConnections(), limits.drainMs);
      await server.close();
      clearTimeout(patience);
      await log.close();
      await checkpointing;
    },
  };
}

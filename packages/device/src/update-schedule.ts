import type { Client } from "./client.ts";
import type { DevicePorts } from "./ports.ts";
import type { UpdateOutcome } from "./release-slot.ts";
import { openStateFile, type StateFile } from "./state-file.ts";

/** Options of {@link createUpdateSchedule}. */
export interface UpdateScheduleOptions {
  readonly client: Pick<Client, "update" | "diagnostics">;
  readonly ports: DevicePorts;
  /** Milliseconds from one look to the next; a day by default. */
  readonly everyMs?: number;
  /** Name of the model; the app's first one where it is not given. */
  readonly model?: string;
}

/** Looks for newer releases at moments of this install's own. */
export interface UpdateSchedule {
  /** Milliseconds since 1970 of the next look. */
  next(): Promise<number>;
  /**
   * Looks where it is time; null where it is not. Call it at each start, and whenever the app comes to the front: calls
   * at the same time share one look. Throws where the storage fails; then the next call tries again.
   */
  check(): Promise<UpdateOutcome | null>;
}

const DAY = 86_400_000;

/** Milliseconds after which a look that found nobody is repeated, at most; each install by its own share of it. */
const RETRY = 30 * 60_000;

interface ScheduleFile {
  readonly format: 1;
  /** When the next look is due, milliseconds since 1970. */
  readonly due: number;
}

const NEVER: ScheduleFile = { format: 1, due: 0 };

/**
 * Spreads looks for a newer release over time: each install has a moment of its own in every interval, which its id
 * decides, so that a release, or the end of an outage, does not bring all phones at once, and what one phone does can be
 * said beforehand. A phone looks at its first start, then at the first call of `check` after each of its moments. A look
 * that found nobody is repeated after at most half an hour. A clock that was set back by more than an interval is
 * followed.
 *
 * @example
 * const schedule = createUpdateSchedule({ client, ports, everyMs: 6 * 3_600_000 });
 * onForeground(() => schedule.check());
 */
export function createUpdateSchedule({
  client,
  ports,
  everyMs = DAY,
  model,
}: UpdateScheduleOptions): UpdateSchedule {
  const { clock, digest, text } = ports;
  let file: Promise<StateFile<ScheduleFile>> | null = null;
  let look: Promise<UpdateOutcome | null> | null = null;
  /** Opened by the first call that needs it; one that fails is tried again by the next. */
  const open = (): Promise<StateFile<ScheduleFile>> =>
    (file ??= openStateFile(ports, `update-schedule-${model ?? "first"}.json`, NEVER).catch(
      (error: unknown) => {
        file = null;
        throw error;
      },
    ));

  /** This install's share of an interval, from 0 up to 1. */
  const phase = async (): Promise<number> => {
    const hash = await digest(text.encode(`update:${client.diagnostics().install}`));
    return new DataView(hash.buffer, hash.byteOffset).getUint32(0) / 2 ** 32;
  };
  const dueOf = async (): Promise<number> => {
    const { due } = (await open()).get();
    // Further away than it can be: the clock went back.
    return due - clock() > everyMs ? clock() : due;
  };

  const lookNow = async (): Promise<UpdateOutcome | null> => {
    const now = clock();
    if (now < (await dueOf())) return null;
    const outcome = await client.update(model);
    const own = await phase();
    const moment = (Math.floor(now / everyMs - own) + 1 + own) * everyMs;
    const retry = now + (0.5 + own / 2) * Math.min(RETRY, everyMs);
    const due = outcome.result === "offline" ? Math.min(moment, retry) : moment;
    await (await open()).change(() => ({ format: 1, due }));
    return outcome;
  };

  return {
    next: dueOf,
    check: () =>
      (look ??= lookNow().finally(() => {
        look = null;
      })),
  };
}

import { randomBytes } from "node:crypto";
import {
  loadApp,
  ownFolder,
  readRolloutAction,
  startIngest,
  startLoop,
  type Ingest,
  type LoopEvents,
  type LoopState,
  type Owner,
  type RunningLoop,
} from "@tideline/pipeline";
import {
  scaledClock,
  tidelineError,
  type LoopReport,
  type LoopStatus,
  type ScaledClockOptions,
  type StageProgress,
} from "@tideline/spec";
import { recordDefinition } from "../command/definition-file.ts";
import { ingestRate } from "./ingest-rate.ts";
import { folderSecrets, type FolderSecrets } from "./secret.ts";
import { startConsole, type RunningConsole } from "./start-console.ts";

/** How a server over a folder is started. */
export interface ServerOptions {
  readonly command: string;
  readonly folder: string;
  /** Stamps a new folder; null takes one of any region. */
  readonly region: string | null;
  readonly appModule: string;
  readonly appName: string;
  readonly host: string;
  /** Port of the console; the ingest server takes the one after it. 0 takes any two. */
  readonly port: number;
  readonly seed: number;
  readonly clock: ScaledClockOptions | null;
}

/** What the process that composed the server adds to its status. */
export interface StatusExtras {
  readonly phase: string;
  readonly injectedAt: number | null;
  readonly report: LoopReport | null;
  /** Stages that this process knows better than the loop, such as the phones it started. */
  readonly stages: readonly StageProgress[];
}

/** Ingest, loop and console of one folder, in one process. */
export interface RunningServer {
  readonly owner: Owner;
  readonly secrets: FolderSecrets;
  readonly ingest: Ingest;
  readonly loop: RunningLoop;
  readonly console: RunningConsole;
  readonly status: () => LoopStatus;
  /** What the loop's last turn found; null before the first. */
  readonly state: () => LoopState | null;
  /** One more turn over everything that is durable by now. */
  turn(): Promise<LoopState>;
  /** Rejects when the server cannot go on. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/** No port comes after it. */
const LAST_PORT = 65_535;

/** Wall milliseconds between turns of the loop. */
const TURN_EVERY = 1000;

/** Starts everything that a folder needs to live: takes the folder, then ingest, loop and console. */
export async function startServer(
  options: ServerOptions,
  events: LoopEvents,
  extras: () => StatusExtras,
): Promise<RunningServer> {
  const { folder, region, appModule, host, port, seed, clock } = options;
  const owner = await ownFolder(folder, { command: options.command, region });
  const closing: (() => Promise<void> | void)[] = [() => owner.release()];
  const close = async (): Promise<void> => {
    const results = [];
    // One after the other, and all of them: a thread that died may not keep the folder.
    while (closing.length > 0) results.push(...(await Promise.allSettled([closing.pop()!()])));
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  };
  try {
    const app = await loadApp(appModule);
    await recordDefinition(folder, app);
    const secrets = await folderSecrets(folder);
    const token = randomBytes(24).toString("base64url");
    const { epoch } = owner;
    let state: LoopState | null = null;
    const failed = Promise.withResolvers<never>();
    // Whoever waits for it hears of it; nobody waiting is no crash of its own.
    failed.promise.catch(() => undefined);

    let read: (() => LoopStatus) | null = null;
    let loop: RunningLoop | null = null;
    const now = clock === null ? Date.now : scaledClock(clock, Date.now);
    const running = await startConsole({
      folder,
      host,
      port,
      secrets,
      epoch,
      token,
      rollout: async (action) => {
        if (loop === null)
          throw tidelineError("UNAVAILABLE", { who: "console", received: "a call as it starts" });
        return loop.rollout(readRolloutAction(action));
      },
      app,
      clock: now,
      status: () => read?.() ?? null,
    });
    closing.push(() => running.close());
    const ingest = await startIngest({
      folder,
      epoch,
      appModule,
      host,
      port: port === 0 || port === LAST_PORT ? 0 : port + 1,
      writeKeys: [secrets.writeKey],
      pseudonymKey: secrets.pseudonymKey,
      clock,
    });
    closing.push(() => ingest.close());
    void ingest.fatal.then(failed.reject);
    const started = await startLoop(
      { folder, epoch, appModule, seed, clock, pseudonymKey: secrets.pseudonymKey, isServed: true },
      {
        ...events,
        onRelease: (release) => {
          running.publish(release).then(() => events.onRelease(release), failed.reject);
        },
      },
    );
    loop = started;
    closing.push(() => started.close());
    await running.open(started.roots);
    const rate = ingestRate(ingest.counts);
    closing.push(rate.stop);

    let turning: Promise<LoopState> | null = null;
    const turn = (): Promise<LoopState> => {
      turning ??= started
        .turn(ingest.position())
        .then((next) => (state = next))
        .finally(() => {
          turning = null;
        });
      return turning;
    };
    const timer = setInterval(() => void turn().catch(failed.reject), TURN_EVERY);
    closing.push(async () => {
      clearInterval(timer);
      await turning?.catch(() => undefined);
    });
    const status = (): LoopStatus => {
      const counts = ingest.counts();
      const { phase, injectedAt, report, stages } = extras();
      const known = new Map(stages.map((stage) => [stage.name, stage]));
      return {
        format: 1,
        app: options.appName,
        now: now(),
        speed: clock?.speed ?? 1,
        phase,
        stages: (state?.stages ?? []).map((stage) => known.get(stage.name) ?? stage),
        ingest: {
          accepted: counts.events,
          quarantined: Object.values(counts.quarantined).reduce((sum, count) => sum + count, 0),
          duplicates: counts.duplicates,
          samples: counts.samples,
          missingSamples: counts.missingSamples,
          withheldFields: counts.withheldFields,
          rate: rate.points(),
        },
        snapshots: state?.snapshots ?? [],
        runs: state?.runs ?? [],
        releases: state?.releases ?? [],
        accuracy: state?.accuracy ?? [],
        drift: { injectedAt, detectedAt: state?.drift.detectedAt ?? null, points: state?.drift.points ?? [] },
        labels: state?.labels ?? { coverage: 0, medianDelay: 0 },
        report,
      };
    };
    read = status;
    await owner.announce({ console: running.address, collect: ingest.address, token });
    return {
      owner,
      secrets,
      ingest,
      loop: started,
      console: running,
      status,
      state: () => state,
      turn,
      failed: failed.promise,
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

import { constants } from "node:os";
import { styleText } from "node:util";
import type { AlertRow } from "@tideline/pipeline";
import { checkRegionTarget, keptModel, loadApp } from "@tideline/pipeline";
import {
  messageOf,
  scaledClock,
  type LoopReport,
  type ScaledClockOptions,
  type StageProgress,
} from "@tideline/spec";
import { leaveEvidence, type ProcessPeak } from "../loop/evidence.ts";
import { startFleet } from "../loop/fleet.ts";
import { freshFolder } from "../loop/fresh-folder.ts";
import { interrupted } from "../loop/interrupted.ts";
import { playLoop } from "../loop/play.ts";
import { reportText } from "../loop/print-report.ts";
import { composeReport } from "../loop/report.ts";
import { readLedgers } from "../loop/ledger.ts";
import { releaseWaiter } from "../loop/release-waiter.ts";
import { startServer } from "../server/start-server.ts";
import { stageDisplay } from "../terminal/stage-display.ts";
import { regionOf } from "./start-region.ts";

/** Options of `tideline start`, checked. */
export interface StartOptions {
  /** Stop after the report instead of serving on. */
  readonly exit: boolean;
  readonly json: boolean;
  /** Folder of the UCI HAR recordings; null simulates a fleet. */
  readonly data: string | null;
  readonly evidence: string | null;
  readonly drift: boolean;
  readonly folder: string;
  /** The region that flag or file say; null where neither does. */
  readonly region: string | null;
  readonly host: string;
  readonly port: number;
  readonly seed: number;
  /** How many times faster than the wall clock the loop's clock runs; null takes what fits the recordings. */
  readonly speed: number | null;
  /** Path of the module with the definition. */
  readonly app: string;
}

/** Speeds at which a play of a person's recordings takes some eight wall seconds. */
const SPEEDS = { recorded: 80, simulated: 100 } as const;

/** Peak resident memory of this process, MB. */
const ownPeakMb = (): number => process.resourceUsage().maxRSS / 1024;

/**
 * `tideline start`: the whole loop on a fleet of phones, from events to a model on phones and back, then the server
 * serves on until it is stopped.
 */
export async function startCommand(options: StartOptions): Promise<void> {
  const { data, evidence, seed, host, port, app: appModule } = options;
  const startedAt = Date.now();
  const started = performance.now();
  const app = await loadApp(appModule);
  keptModel(app, appModule);
  const region = regionOf("tideline start", options.region, app);
  if (evidence !== null) await checkRegionTarget(evidence, region, "tideline start --evidence");
  const folder = await freshFolder(options.folder, region);
  const speed = options.speed ?? (data === null ? SPEEDS.simulated : SPEEDS.recorded);
  const clock: ScaledClockOptions = { origin: startedAt, wallOrigin: startedAt, speed };
  const now = scaledClock(clock, Date.now);
  const display = stageDisplay(process.stderr);
  const waiter = releaseWaiter();
  const stop = interrupted();

  let phase = "start";
  let footer = "";
  let injectedAt: number | null = null;
  let report: LoopReport | null = null;
  let killed = 0;
  let collect: StageProgress = { name: "collect", state: "running", detail: "starting", seconds: 0 };

  const server = await startServer(
    {
      command: "tideline start",
      folder: folder.data,
      region: folder.region,
      appModule,
      appName: app.name,
      host,
      port,
      seed,
      clock,
    },
    {
      onRelease: (release) => {
        display.say(styleText("green", `release ${release.version} signed and offered`));
        waiter.publish(release.version);
      },
      onAlert: ({ detail }: AlertRow) =>
        display.say(styleText("yellow", `drift noticed: ${(detail as { reason: string }).reason}`)),
      onRejected: (reason) => {
        display.say(styleText("yellow", `not released: ${reason}`));
        waiter.refuse(reason);
      },
    },
    () => ({ phase, injectedAt, report, stages: [collect] }),
  );
  const ticker = setInterval(() => display.show(server.status().stages, footer), 250);
  let fleet: Awaited<ReturnType<typeof startFleet>> | null = null;
  try {
    display.say(`console ${server.console.address}  ingest ${server.ingest.address}`);
    fleet = await startFleet(
      {
        data,
        seed,
        folder: folder.phones,
        collect: server.ingest.address,
        console: server.console.address,
        writeKey: server.secrets.writeKey,
        root: server.loop.root,
        clock,
        appModule,
        definition: server.loop.definition,
      },
      {
        onProgress: ({ playedSeconds, totalSeconds, recorded, acknowledged, predictions }) => {
          const share = totalSeconds === 0 ? 1 : playedSeconds / totalSeconds;
          footer = ` ${phase}: ${bar(share)} ${recorded} recorded, ${acknowledged} acknowledged, ${predictions} predictions`;
          const detail = `${fleet?.phones.length ?? 0} phones, ${recorded} events recorded, ${acknowledged} acknowledged`;
          collect = { ...collect, detail, seconds: (performance.now() - started) / 1000 };
        },
        onKilled: (subject) => {
          killed += 1;
          display.say(styleText("yellow", `phone of ${subject} killed while it sent, and started again`));
        },
      },
    );
    const play = playLoop({
      server,
      fleet,
      drift: options.drift,
      released: waiter.released,
      now,
      onPhase: (name, sentence) => {
        phase = name;
        display.say(sentence);
      },
      onInjected: (at) => {
        injectedAt = at;
      },
    });
    const signal = await Promise.race([play, server.failed, fleet.failed, stop]);
    if (signal !== undefined) {
      // A script that waits for the report must not take the interruption for one.
      process.exitCode = 128 + constants.signals[signal];
      return;
    }
    const summary = await fleet.finish();
    collect = { ...collect, state: "done", seconds: (performance.now() - started) / 1000 };
    await server.turn();
    // A turn that was under way did not see the last acknowledgements; the next one does.
    await server.turn();
    const measures = await server.loop.measure(await readLedgers(folder.phones), injectedAt);
    // What failed while the phones finished leaves no report.
    await Promise.race([server.failed, Promise.resolve()]);
    const finishedAt = Date.now();
    const processes: ProcessPeak[] = [
      { name: "server", pid: process.pid, peakMb: ownPeakMb() },
      { name: "fleet", pid: fleet.pid, peakMb: summary.peakMb },
    ];
    const stages = server.status().stages.map((stage) => settled(stage));
    report = composeReport(
      {
        source: data === null ? "simulated" : "uci-har",
        speed,
        stages,
        killed,
        seconds: (finishedAt - startedAt) / 1000,
        peakMb: processes.reduce((sum, { peakMb }) => sum + peakMb, 0),
      },
      measures,
      summary,
    );
    display.show(stages, "");
    display.stop();
    clearInterval(ticker);
    if (evidence !== null) {
      const { region: stamped } = server.owner;
      const source = { loop: server.loop, phones: folder.phones, report, clock, injectedAt, region: stamped };
      await leaveEvidence(evidence, { ...source, startedAt, finishedAt, processes, summary });
    }
    process.stderr.write(reportText(report));
    if (evidence !== null)
      process.stderr.write(`  evidence in ${evidence}: audit it with scripts/audit.ts\n`);
    if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    if (options.exit) return;
    process.stderr.write(`\nServing on at ${server.console.address} until stopped (Ctrl-C).\n`);
    await Promise.race([stop, server.failed]);
  } finally {
    clearInterval(ticker);
    display.stop();
    fleet?.stop();
    await server.close().catch((error: unknown) => process.stderr.write(`${messageOf(error)}\n`));
  }
}

/** At the end what still runs is done, and what never ran stays waiting. */
const settled = (stage: StageProgress): StageProgress =>
  stage.state === "running" ? { ...stage, state: "done" } : stage;

/** A bar of twenty characters. */
const bar = (share: number): string => {
  const filled = Math.max(0, Math.min(20, Math.round(20 * share)));
  return "█".repeat(filled) + "░".repeat(20 - filled);
};

import { networkInterfaces, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  chromiumPath,
  packagePlan,
  runMachine,
  serveBenchmark,
  type BenchmarkServer,
  withRoundedAnswers,
} from "@tideline/pipeline/benchmark";
import { makeFolder, writeDurably } from "@tideline/pipeline";
import { benchmarkPage } from "@tideline/pipeline/report";
import { phoneWords, type BenchmarkReport } from "@tideline/spec/benchmark";
import { tidelineError } from "@tideline/spec";
import { parseInteger } from "../config/number-flag.ts";
import type { CommandResult } from "../output/command-result.ts";
import { plural } from "../output/figure.ts";
import { devicePackage } from "./benchmark-package.ts";
import { deviceText } from "./benchmark-text.ts";
import { plainText } from "./profile-text.ts";
import { stoppable } from "./stoppable.ts";

const WHO = "tideline benchmark";

/** What `tideline benchmark` was asked for besides the model. */
export interface BenchmarkFlags {
  readonly out?: string;
  readonly format?: string;
  readonly runs?: string;
  readonly sustain?: string;
  readonly loads?: string;
  readonly inputs?: string;
  readonly rows?: string;
  readonly browser?: boolean;
  readonly serve?: boolean;
  readonly host?: string;
  readonly port?: string;
  readonly reports?: string;
  readonly own?: boolean;
  readonly folder: string;
}

type Tell = (line: string) => void;

/** Letters of what is said of phones, whose names are their own words. */
const PHONE_LETTERS = 2000;

const wrong = (field: string, expected: string, received: string) =>
  tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });

/** Refuses flags that do nothing without `--serve`, or that cannot be together. */
function checkFlags({ serve, out, host, port, reports, own }: BenchmarkFlags): void {
  const stray = Object.entries({ host, port, reports }).find(([, value]) => value !== undefined);
  if (serve !== true && stray !== undefined) throw wrong(`--${stray[0]}`, "--serve too", stray[1]!);
  if (serve !== true && own === false)
    throw wrong("--no-own", "--serve too: without both nothing is measured", "alone");
  if (serve === true && out === undefined)
    throw wrong("--out", "with --serve a folder for the reports", "none");
}

/** The folder of reports, made where there is none. */
async function outFolder(out: string): Promise<string> {
  const folder = resolve(out);
  await makeFolder(join(folder, "device"), { mode: 0o777 });
  return folder;
}

/** Ends when the person does, or after so many reports. */
function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = (): void => {
      process.off("SIGINT", end);
      process.off("SIGTERM", end);
      done();
    };
    process.on("SIGINT", end);
    process.on("SIGTERM", end);
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
}

/** Where other machines find a server that is bound to every address of this one. */
function networkAddresses(address: string): readonly string[] {
  const { port } = new URL(address);
  const own = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one?.family === "IPv4" && !one.internal);
  return own.map((one) => `http://${one!.address}:${port}`);
}

/** What devices are told to open. */
function invitation({ address, token }: BenchmarkServer, host: string): string {
  const everywhere = host === "0.0.0.0" || host === "::" ? networkAddresses(address) : [];
  const addresses = everywhere.length > 0 ? everywhere : [address];
  const own = host === "127.0.0.1" || host === "localhost" || host === "::1";
  return [
    `Serving the cases on ${addresses.join(", ")}, for whoever has the token ${token}`,
    ...addresses.map((one) => `  browser: ${one}/#token=${token}`),
    "  phone: samples/benchmark, with this address and token",
    own
      ? "  Bound to this machine: phones need --host with an address of your network, or a cable (adb reverse tcp:4605 tcp:4605)."
      : "  Bound beyond this machine, without TLS: in a network that you trust.",
    "  Ctrl-C ends it.",
  ].join("\n");
}

/**
 * `tideline benchmark`: a model's files on every runtime here, each in a process of its own; and served to phones and browsers, whose
 * reports are stored beside the machine's own.
 *
 * @throws ARGUMENT_INVALID, FOLDER_INVALID, DATA_NOT_FOUND, DATA_MALFORMED, PORT_IN_USE, and what the model is refused for.
 */
export async function benchmarkCommand(
  named: string,
  flags: BenchmarkFlags,
  tell: Tell,
): Promise<CommandResult> {
  checkFlags(flags);
  const runs = parseInteger("--runs", flags.runs, { maximum: 1_000_000 }) ?? 500;
  const sustainSeconds = parseInteger("--sustain", flags.sustain, { maximum: 3600 }) ?? 5;
  const loads = parseInteger("--loads", flags.loads, { maximum: 100 }) ?? 5;
  const port = parseInteger("--port", flags.port, { maximum: 65_535 }) ?? 4605;
  const most = parseInteger("--reports", flags.reports, { maximum: 200 });
  if (runs < 20) throw wrong("--runs", "20 or more: fewer have no percentiles", String(runs));
  if (loads === 0) throw wrong("--loads", "1 or more", "0");
  if (most === 0) throw wrong("--reports", "1 or more", "0");
  const folder = flags.out === undefined ? undefined : await outFolder(flags.out);
  const made = await devicePackage(named, flags, tell);
  const kinds = flags.format?.split(",").map((kind) => kind.trim());
  const planned = await packagePlan(
    made.manifest,
    made.read,
    { runs, sustainSeconds },
    kinds === undefined || kinds.includes("all") ? undefined : kinds,
  );
  const files = await withRoundedAnswers(planned, tmpdir());
  const left = [...files.left, ...made.missing];
  const reports: BenchmarkReport[] = [];
  const enough = new AbortController();
  let handedIn = 0;
  const store = async (): Promise<void> => {
    if (folder === undefined) return;
    const page = benchmarkPage(reports, { what: made.what, at: Date.now(), left });
    await writeDurably(join(folder, "report.html"), page, { mode: 0o644 });
  };
  const server = await serveBenchmark({
    files,
    host: flags.serve === true ? (flags.host ?? "127.0.0.1") : "127.0.0.1",
    port: flags.serve === true ? port : 0,
    take: async (report, text) => {
      await writeDurably(join(folder!, "device", `${report.id}.json`), text, { mode: 0o644 });
      reports.push(report);
      await store();
      tell(`A report of ${plainText(report.device.name, 80)}: ${plural(report.cases.length, "case")}`);
      handedIn++;
      if (most !== undefined && handedIn >= most) enough.abort();
    },
  });
  try {
    if (flags.own !== false) {
      const chromium = flags.browser === false ? undefined : chromiumPath();
      if (flags.browser !== false && chromium === undefined)
        tell("No Chromium here (CHROMIUM_PATH names one): nothing is run in a browser");
      const own = await stoppable((signal) => runMachine({ files, server, chromium, loads, signal, tell }));
      reports.unshift(own);
      if (folder !== undefined)
        await writeDurably(join(folder, "report.json"), `${JSON.stringify(own)}\n`, { mode: 0o644 });
      await store();
    }
    if (flags.serve === true) {
      tell(invitation(server, flags.host ?? "127.0.0.1"));
      await stopped(enough.signal);
    }
  } finally {
    await server.close();
  }
  const cases = reports.flatMap((report) => report.cases);
  const bad = cases.filter(({ state }) => state !== "timed");
  const notRun = left.map(({ artifact, reason }) => `  ${artifact}: ${plainText(reason, 300)}`);
  return {
    value: {
      model: made.what,
      plan: server.planDigest,
      phone: phoneWords(reports),
      reports,
      left,
      ...(folder && { folder }),
    },
    text: [
      ...reports.map((report) => deviceText(report)),
      ...(notRun.length === 0 ? [] : [["Not run:", ...notRun].join("\n")]),
      plainText(phoneWords(reports), PHONE_LETTERS),
      ...(folder === undefined ? [] : [`Written: ${join(folder, "report.html")}`]),
    ].join("\n\n"),
    ...(bad.length > 0 && {
      fault: tidelineError("CHECK_FAILED", {
        who: `benchmark ${made.what}`,
        expected: "right answers on every runtime",
        received: bad
          .slice(0, 8)
          .map(
            ({ artifact, runtime, state }) =>
              `${artifact} on ${runtime}: ${state === "wrong" ? "wrong answers" : "did not run"}`,
          )
          .join("; "),
      }),
    }),
  };
}

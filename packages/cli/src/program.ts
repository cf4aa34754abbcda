import { Command, CommanderError } from "commander";
import { nearestRemedy } from "@tideline/learn/nearest-name";
import { ERROR_CODES, tidelineError } from "@tideline/spec";
import type { CheckOptions } from "./command/check.ts";
import type { ClientFlags } from "./command/client.ts";
import type { ListName } from "./command/list.ts";
import type { StartFlags } from "./command/start-options.ts";
import { addPrepare } from "./command/prepare-command.ts";
import { addBenchmark } from "./command/benchmark-command.ts";
import { addCompress } from "./command/compress-command.ts";
import { addExport } from "./command/export-command.ts";
import { addImport } from "./command/import-command.ts";
import { addPreflight } from "./command/preflight-command.ts";
import { addRelease } from "./command/release-command.ts";
import { addSubject } from "./command/subject.ts";
import { commandPath, unknownCommand, type UnknownCommand } from "./command/unknown-command.ts";
import type { ProfileFlags } from "./command/profile.ts";
import type { PrivacyOptions } from "./command/privacy.ts";
import type { QualityFlags } from "./command/quality-flag.ts";
import type { SettingFlags, Settings } from "./config/settings.ts";
import type { CommandResult } from "./output/command-result.ts";
import { toldEnd, UNANSWERED } from "./output/early-end.ts";
import { printError, printResult, unforeseen, write } from "./output/print.ts";

/** Version of the command. */
const VERSION = "0.1.0";

/** Flags that every command takes. */
interface CommandFlags extends SettingFlags {
  readonly json?: boolean;
}

const LISTS: Readonly<Record<ListName, string>> = {
  snapshots: "lists the immutable versions of the lake",
  runs: "lists the training executions with their metrics",
  releases: "lists the models that were offered to phones",
  alerts: "lists what the monitors noticed",
  evaluations: "lists every look at people who were held out (the ledger)",
};

/** Reads flags and configuration. What a command needs is loaded when it runs, so that help and errors come at once. */
async function readSettings(flags: SettingFlags): Promise<Settings> {
  const settings = await import("./config/settings.ts");
  return settings.readSettings(flags);
}

/** A command with the flags that all have. */
function addCommand(program: Command, usage: string, about: string): Command {
  return program
    .command(usage)
    .description(about)
    .option("--folder <dir>", 'folder of the loop (default: ".tideline/loop")')
    .option("--config <file>", "configuration (default: tideline.json where there is one)")
    .option("--json", "print one JSON object on the last line of standard output")
    .option("--verbose", "print the stack of an error too");
}

/** Adds `start`. */
function addStart(program: Command): void {
  addCommand(program, "start", "runs the whole loop on a fleet of phones, then keeps serving")
    .option("--exit", "stop after the report")
    .option("--data <dir>", "replay recordings (UCI HAR) instead of simulated ones")
    .option("--evidence <dir>", "leave what an auditor needs in an empty folder")
    .option("--no-drift", "inject no drift")
    .option("--app <module>", "definition of the app (default: the example)")
    .option("--region <label>", "region that the folder belongs to (default: that of the definition)")
    .option("--host <host>", "address to listen at (default: 127.0.0.1)")
    .option("--port <n>", "port of the console; 0 takes any (default: 4600)")
    .option("--seed <n>", "seed of everything random (default: 1)")
    .option("--speed <n>", "how many times faster than the wall clock")
    .action(async (flags: StartFlags) => {
      const { readStartOptions } = await import("./command/start-options.ts");
      const options = await readStartOptions(flags);
      const { startCommand } = await import("./command/start.ts");
      await startCommand(options);
    });
}

/** Adds `serve`. */
function addServe(program: Command): void {
  addCommand(
    program,
    "serve",
    "takes events, keeps the lake, trains, watches and serves, without phones of its own",
  )
    .option("--app <module>", "definition of the app (default: the example)")
    .option("--region <label>", "region that the folder belongs to (default: that of the definition)")
    .option("--host <host>", "address to listen at (default: 127.0.0.1)")
    .option("--port <n>", "port of the console; 0 takes any (default: 4600)")
    .option("--seed <n>", "seed of everything random (default: 1)")
    .action(async (flags: CommandFlags) => {
      const settings = await readSettings(flags);
      const { serveCommand } = await import("./command/serve.ts");
      await serveCommand(settings);
    });
}

/** Adds `ingest`. */
function addIngest(program: Command): void {
  addCommand(
    program,
    "ingest",
    "takes events into a log of its own in a folder, one of several such processes",
  )
    .requiredOption("--writer <name>", "name of its log: no two processes of a folder have the same")
    .option("--app <module>", "definition of the app (default: the example)")
    .option("--region <label>", "region that the folder belongs to (default: that of the definition)")
    .option("--host <host>", "address to listen at (default: 127.0.0.1)")
    .option("--port <n>", "port to listen at; 0 takes any (default: 4600)")
    .action(async (flags: CommandFlags & { readonly writer: string }) => {
      const settings = await readSettings(flags);
      const { ingestCommand } = await import("./command/ingest.ts");
      await ingestCommand({ ...settings, writer: flags.writer, json: flags.json ?? false });
    });
}

/** Adds the commands that answer and end; `show` prints what they answer. */
function addQuestions(program: Command, show: (result: CommandResult) => Promise<void>): void {
  addCommand(program, "status", "says how the loop of a folder stands").action(
    async (flags: CommandFlags) => {
      const { statusCommand } = await import("./command/status.ts");
      await show(await statusCommand((await readSettings(flags)).folder));
    },
  );
  for (const [name, about] of Object.entries(LISTS)) {
    addCommand(program, name, about).action(async (flags: CommandFlags) => {
      const { listCommand } = await import("./command/list.ts");
      await show(await listCommand(name as ListName, (await readSettings(flags)).folder));
    });
  }
  addCommand(program, "verify", "holds files, artifacts and releases against hashes and signatures")
    .option("--root <file>", "root that apps pin (tideline keys pin); without it the folder's own first root")
    .action(async (flags: CommandFlags & { readonly root?: string }) => {
      const { verifyCommand } = await import("./command/verify.ts");
      await show(await verifyCommand((await readSettings(flags)).folder, flags.root));
    });
  addCommand(program, "rerun <run-id>", "trains a run again and compares the bytes of the model")
    .option("--app <module>", "definition of the app (default: the example)")
    .option("--fresh", "compute every step again instead of taking it from the cache")
    .action(async (run: string, flags: CommandFlags & { readonly fresh?: boolean }) => {
      const { rerunCommand } = await import("./command/rerun.ts");
      const { folder, app } = await readSettings(flags);
      const onStep = (line: string): void => void process.stderr.write(`${line}\n`);
      await show(await rerunCommand({ run, folder, app, fresh: flags.fresh ?? false, onStep }));
    });
  addCommand(program, "check [app-module]", "says what a definition declares, and whom its changes break")
    .option("--against <baseline>", "what was published: a saved definition, a module, or a folder")
    .option("--save <file>", "write the definition as the baseline of the next time")
    .action(async (module: string | undefined, flags: CommandFlags & CheckOptions) => {
      const { checkCommand } = await import("./command/check.ts");
      const settings = await readSettings(module === undefined ? flags : { ...flags, app: module });
      await show(await checkCommand(settings.app, flags));
    });
  addCommand(program, "profile <path>", "says what a file, a folder of Parquet files or a snapshot holds")
    .option("--label <column>", "column to predict: says how much the others go with it")
    .option("--html <file>", "write a page too, which needs neither network nor script")
    .option("--missing <text>", "text of CSV that stands for a missing value; may be given again", several)
    .option("--memory <MiB>", "memory of the engine that reads (default: 512)")
    .option("--rejected <file>", "write rows of CSV and JSON lines that cannot be read, as JSON lines")
    .option("--show-personal", "show values on the page that may be personal (default: they are left out)")
    .option("--snapshot <id>", "of a folder of Tideline: this snapshot (default: the newest)")
    .option("--table <name>", "of a snapshot: this table (default: the one with the most rows)")
    .action(async (path: string, flags: CommandFlags & ProfileFlags) => {
      const { profileCommand } = await import("./command/profile.ts");
      const tell = (line: string): void => void process.stderr.write(`${line}\n`);
      await show(await profileCommand(path, flags, tell));
    });
  addCommand(program, "quality <table>", "runs checks on a table and says what does not hold")
    .option("--checks <file>", "checks: a .ts module or .json")
    .option(
      "--against <table>",
      "a table whose distributions it should have (and all else, without --checks)",
    )
    .option("--infer <file>", "write checks that the table passes, as a start, to a .ts or .json file")
    .option("--person <column>", "with --infer: whose a row is; list texts only that ten people have")
    .option("--personal <column>", "with --infer: tell no value of this column; may be given again", several)
    .option("--severity <what>", "with --infer: fail, warn or quarantine rows (default: fail)")
    .option(
      "--quarantine <file>",
      "write rows that do not come through, with why: .csv, .jsonl, .parquet, .arrow",
    )
    .option("--missing <text>", "text of CSV that stands for a missing value; may be given again", several)
    .option("--memory <MiB>", "memory of the engine that reads (default: 512)")
    .option("--rejected <file>", "write rows of CSV and JSON lines that cannot be read, as JSON lines")
    .option("--html <file>", "write the report as a page")
    .option("--snapshot <id>", "of a folder of Tideline: this snapshot (default: the newest)")
    .option("--table <name>", "of a snapshot: this table (default: the one with the most rows)")
    .action(async (path: string, flags: CommandFlags & QualityFlags) => {
      const { qualityCommand } = await import("./command/quality.ts");
      const tell = (line: string): void => void process.stderr.write(`${line}\n`);
      await show(await qualityCommand(path, flags, tell));
    });
  addCommand(program, "privacy [app-module]", "writes the paperwork of the app stores from a definition")
    .option("--out <dir>", 'folder of the paperwork (default: "privacy")')
    .option("--play-template <file>", "Data safety form that the Play Console exported, to be filled")
    .option("--check", "write nothing; fail where it is out of date or something is left open")
    .action(async (module: string | undefined, flags: CommandFlags & PrivacyOptions) => {
      const { privacyCommand } = await import("./command/privacy.ts");
      const settings = await readSettings(module === undefined ? flags : { ...flags, app: module });
      await show(await privacyCommand(settings.app, flags));
    });
}

/** Values of a flag that may be given again. */
function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** Adds `client`. */
function addClient(program: Command, show: (result: CommandResult) => Promise<void>): void {
  addCommand(program, "client [app-module]", "writes a typed client in another language from a definition")
    .requiredOption("--language <name>", "kotlin")
    .requiredOption("--package <name>", "package of the sources, such as com.example.gym")
    .requiredOption("--out <dir>", "folder of the sources")
    .option("--check", "write nothing; fail where it is out of date")
    .action(async (module: string | undefined, flags: CommandFlags & ClientFlags) => {
      const { clientCommand } = await import("./command/client.ts");
      const settings = await readSettings(module === undefined ? flags : { ...flags, app: module });
      await show(await clientCommand(settings.app, flags));
    });
}

/** Adds `keys` and what is below it. */
function addKeys(program: Command, show: (result: CommandResult) => Promise<void>): void {
  const keys = addCommand(program, "keys", "says which keys phones trust, and until when").action(
    async (flags: CommandFlags) => {
      const { keysCommand } = await import("./command/keys.ts");
      await show(await keysCommand((await readSettings(flags)).folder));
    },
  );
  interface KeyFlags extends CommandFlags {
    readonly rootKey?: string;
    readonly out?: string;
  }
  const rootKey = ["--root-key <dir>", "folder of the root's private key, apart from the server's"] as const;
  const below = (usage: string, about: string) => addCommand(keys, usage, about);
  // Flags before the name of a command below `keys` belong to `keys`.
  const settingsOf = (flags: KeyFlags) => readSettings({ ...keys.opts(), ...flags });
  below("create", "makes production keys for a new folder")
    .option(...rootKey)
    .action(async (flags: KeyFlags) => {
      const { createKeysCommand } = await import("./command/keys.ts");
      await show(await createKeysCommand((await settingsOf(flags)).folder, { rootKey: flags.rootKey }));
    });
  below("pin", "prints the root that an app pins")
    .option("--out <file>", "write it to a file")
    .action(async (flags: KeyFlags) => {
      const { pinCommand } = await import("./command/keys.ts");
      await show(await pinCommand((await settingsOf(flags)).folder, flags.out));
    });
  below("rotate <role>", 'replaces a key: "release" or "root"')
    .option(...rootKey)
    .action(async (role: string, flags: KeyFlags) => {
      const { changeKeysCommand, keyChange } = await import("./command/keys.ts");
      const change = keyChange(role);
      await show(await changeKeysCommand((await settingsOf(flags)).folder, change, flags.rootKey));
    });
  below("renew", "makes the root valid for another year")
    .option(...rootKey)
    .action(async (flags: KeyFlags) => {
      const { changeKeysCommand } = await import("./command/keys.ts");
      await show(await changeKeysCommand((await settingsOf(flags)).folder, "renew", flags.rootKey));
    });
}

/** What commander says of a flag that may be meant. */
const MEANT = /\s*\(Did you mean (?:one of )?(.+?)\?\)/su;

/** A fault of the command line as an error of the table, with the command or flag that may be meant. */
function usageError(error: CommanderError, path: string, unknown?: UnknownCommand) {
  const said = error.message.replace(/^error: /, "");
  const flag = MEANT.exec(said)?.[1];
  const near =
    unknown !== undefined
      ? nearestRemedy(unknown.word, unknown.known)
      : flag !== undefined
        ? `Is ${flag} meant?`
        : undefined;
  return tidelineError("ARGUMENT_INVALID", {
    who: "tideline",
    expected: "a command line that it knows",
    received:
      unknown === undefined
        ? said.replace(MEANT, "").replaceAll(/\s+/g, " ").replace(/\.$/u, "")
        : `unknown command '${unknown.word}'`,
    remedy: [near, `See ${path} --help.`].filter((part) => part !== undefined).join(" "),
    cause: error,
  });
}

/**
 * Runs a command line and sets the exit status: 0, or that of the error's code.
 *
 * @example
 * await runProgram(["runs", "--folder", "gym", "--json"]);
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  // Errors of the command line itself come before flags are known.
  const print = { json: args.includes("--json"), verbose: args.includes("--verbose") };
  const fail = async (thrown: unknown): Promise<void> => {
    const status = await printError(thrown, print);
    // What an error left open (a port, a thread) may not keep the process; its output is out.
    process.exit(status);
  };
  // What a definition leaves behind (a timer that throws, a promise that nobody catches) ends the command in a sentence, too.
  process.once("uncaughtException", (error) => void fail(error));
  // Nobody listening any more is no reason for a server to die.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const program = new Command("tideline")
    .description("From app events to on-device models and back.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  addStart(program);
  addServe(program);
  addIngest(program);
  const show = async (result: CommandResult): Promise<void> => {
    await printResult(result, print);
    if (result.fault !== undefined) throw result.fault;
  };
  addQuestions(program, show);
  addPrepare(program, show);
  addClient(program, show);
  addKeys(program, show);
  addBenchmark(program, { addCommand, readSettings, show });
  addCompress(program, { addCommand, readSettings, show });
  addExport(program, { addCommand, readSettings, show });
  addImport(program, { addCommand, readSettings, show });
  addPreflight(program, { addCommand, readSettings, show });
  addRelease(program, { addCommand, readSettings, show });
  addSubject(program, { addCommand, readSettings, show });
  try {
    const unknown = args.some((word) => ["-h", "--help"].includes(word)) && unknownCommand(program, args);
    if (typeof unknown === "object")
      throw new CommanderError(1, "commander.unknownCommand", `error: unknown command '${unknown.word}'`);
    await toldEnd(
      () => program.parseAsync(args, { from: "user" }),
      (status) =>
        status === UNANSWERED ? unforeseen("a command that waits for what never comes") : undefined,
      print,
    );
  } catch (error) {
    if (!(error instanceof CommanderError)) await fail(error);
    // Help and version that were asked for have been printed; help for want of a command is a wrong usage.
    else if (error.code === "commander.help")
      process.exitCode = args.includes("help") ? 0 : ERROR_CODES.ARGUMENT_INVALID.exit;
    else if (error.exitCode !== 0) {
      const named = ["commander.unknownCommand", "commander.excessArguments"].includes(error.code);
      await fail(
        usageError(error, commandPath(program, args), named ? unknownCommand(program, args) : undefined),
      );
    }
    await write(process.stdout, "");
  }
}

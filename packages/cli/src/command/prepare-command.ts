import type { Command } from "commander";
import type { CommandResult } from "../output/command-result.ts";
import type { PrepareFlags } from "./prepare.ts";

/** Adds `prepare`. */
export function addPrepare(program: Command, show: (result: CommandResult) => Promise<void>): void {
  program
    .command("prepare <definition>")
    .description(
      "takes a table through the steps of a definition, those that are there already from the cache",
    )
    .option("--out <dir>", 'folder of steps and outcomes (default: ".tideline/prepare")')
    .option("--plan", "say which steps would run, and write nothing")
    .option("--fresh", "compute every step again")
    .option("--prune", "then remove older outcomes of the folder, and steps that no newest one is made of")
    .option("--memory <MiB>", "memory of each engine, beyond which it spills (default: 512)")
    .option("--json", "print one JSON object on the last line of standard output")
    .option("--verbose", "print the stack of an error too")
    .action(async (definition: string, flags: PrepareFlags & { readonly json?: boolean }) => {
      const { prepareCommand } = await import("./prepare.ts");
      const tell = (line: string): void => void process.stderr.write(`${line}\n`);
      await show(await prepareCommand(definition, flags, tell));
    });
}

import type { Command } from "commander";
import type { SettingFlags } from "../config/settings.ts";
import type { BenchmarkFlags } from "./benchmark.ts";
import type { CommandTools } from "./subject.ts";

/** Adds `benchmark`: what a model costs on every runtime at hand, and on phones that ask for it. */
export function addBenchmark(program: Command, { addCommand, readSettings, show }: CommandTools): void {
  addCommand(
    program,
    "benchmark <model>",
    "measures a model's files on every runtime here, and serves them to phones",
  )
    .option("--out <dir>", "folder for report.json, report.html and the reports of devices")
    .option(
      "--format <kinds>",
      "kinds of files, such as onnx,tflite,table (default: whatever the model comes in)",
    )
    .option("--runs <n>", "calls that are timed one by one (default: 500)")
    .option("--sustain <seconds>", "length of the sustained run of each case (default: 5; 0 for none)")
    .option("--loads <n>", "processes in which each case is loaded, for its cold load (default: 5)")
    .option("--inputs <file>", "of a file of ONNX: JSON by input, its usual range and texts")
    .option("--rows <file>", "of a file of ONNX: rows that its files are held against, and that 8 bits need")
    .option("--no-browser", "leave Chromium out")
    .option(
      "--serve",
      "serve the same cases to phones and browsers, and take their reports, until it is stopped",
    )
    .option(
      "--host <name>",
      "serve: address to listen on (default: 127.0.0.1; phones need one of the network)",
    )
    .option("--port <n>", "serve: port (default: 4605)")
    .option("--reports <n>", "serve: stop after so many reports")
    .option("--no-own", "serve: do not measure this machine")
    .addHelpText(
      "after",
      "\n<model> is a file of ONNX, a folder that tideline export --format wrote, or a release of --folder: its id or the beginning of it, or\nchannel@version, such as activity/stable@2.\nSee docs/benchmark.md.",
    )
    .action(async (model: string, flags: SettingFlags & BenchmarkFlags) => {
      const { benchmarkCommand } = await import("./benchmark.ts");
      const tell = (line: string): void => void process.stderr.write(`${line}\n`);
      await show(
        await benchmarkCommand(model, { ...flags, folder: (await readSettings(flags)).folder }, tell),
      );
    });
}

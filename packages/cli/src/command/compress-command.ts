import type { Command } from "commander";
import type { SettingFlags } from "../config/settings.ts";
import type { CompressFlags } from "./compress.ts";
import type { CommandTools } from "./subject.ts";

/** Adds `compress`: a model in fewer bits that is still as good. */
export function addCompress(program: Command, { addCommand, readSettings, show }: CommandTools): void {
  addCommand(program, "compress <model>", "stores a model in fewer bits, as long as it stays as good")
    .requiredOption("--rows <file>", "rows as the model will see them: CSV, JSON lines, Parquet or Arrow")
    .requiredOption("--out <file>", "where the smaller ONNX file goes")
    .option(
      "--to <numbers>",
      "int8, int4, float16 or mixed: what layers get if the gate holds (default: int8)",
    )
    .option("--gate <number>", "by how much the score may fall (default: 0.01)")
    .option("--label <column>", "column of labels to judge by (default: agreement with the model before)")
    .option(
      "--output <name>",
      "the output that is judged (default: the first of floating-point numbers; without labels probabilities, or all)",
    )
    .option("--slice <column>", "report the score for each value of a column")
    .option("--report <file>", "write a page of all forms: bytes and time against the score, slices, layers")
    .option("--format <list>", "formats whose forms are measured too: onnx, litert (default: onnx)")
    .option("--most <n>", "rows that are taken of the table, at random (default: 4000)")
    .option("--runs <n>", "how often each model is timed (default: 100)")
    .option("--seed <n>", "which rows are taken, and which half of them calibrates (default: 1)")
    .addHelpText(
      "after",
      "\n<model> is a file of ONNX, or a release of --folder: its id or the beginning of it, or\nchannel@version, such as activity/stable@2.",
    )
    .action(async (model: string, flags: SettingFlags & CompressFlags) => {
      const { compressCommand } = await import("./compress.ts");
      const tell = (line: string): void => void process.stderr.write(`${line}\n`);
      await show(
        await compressCommand(model, { ...flags, folder: (await readSettings(flags)).folder }, tell),
      );
    });
}

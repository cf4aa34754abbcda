import type { Command } from "commander";
import type { SettingFlags } from "../config/settings.ts";
import type { ExportFlags } from "./export.ts";
import type { CommandTools } from "./subject.ts";

/** Adds `export`: a model as something that an app builds in. */
export function addExport(program: Command, { addCommand, readSettings, show }: CommandTools): void {
  addCommand(program, "export <model>", "writes a model as files that an app builds in")
    .requiredOption("--out <dir>", "folder of the files")
    .option("--source <language>", "as source without dependencies: c, kotlin, swift or typescript")
    .option("--format <kinds>", "as files of runtimes, such as tflite,onnx,table (all: whatever it comes in)")
    .option(
      "--rows <file>",
      "format: rows that no training saw, on which every file is held against the model",
    )
    .option("--label <column>", "format: column of the rows with what is right")
    .option("--classes <a,b>", "format: names of the classes, in the order of the answer")
    .option("--name <Name>", "of the type and its files, such as ChurnScore (default: from the model)")
    .option("--package <name>", "kotlin: package of the sources, such as com.example.gym")
    .option("--inputs <file>", "JSON by input: its usual range, its texts, a note")
    .option("--vectors <n>", "rows of the self-test, 1 to 1000 (default: 64)")
    .option(
      "--seed <n>",
      "seed of these rows, and of the half of --rows on which ranges of 8 bits are seen (default: 1)",
    )
    .option("--check", "write nothing; fail where the folder is out of date")
    .addHelpText(
      "after",
      "\n<model> is a file of ONNX, or a release of --folder: its id or the beginning of it, or\nchannel@version, such as activity/stable@2.\nKinds of --format: docs/export.md.",
    )
    .action(async (model: string, flags: SettingFlags & ExportFlags) => {
      const { exportCommand } = await import("./export.ts");
      await show(await exportCommand(model, { ...flags, folder: (await readSettings(flags)).folder }));
    });
}

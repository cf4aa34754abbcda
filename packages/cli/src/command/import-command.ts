import type { Command } from "commander";
import type { ImportFlags } from "./import.ts";
import type { CommandTools } from "./subject.ts";

/** Adds `import`. */
export function addImport(program: Command, { addCommand, show }: CommandTools): void {
  addCommand(
    program,
    "import <file>",
    "checks a model of another framework in ONNX, and says what it comes in",
  )
    .option("--out <file>", "ONNX with constants folded and lengths bound, for export and release")
    .option(
      "--length <name=n>",
      "a length that is only named, such as sequence=128; may be repeated",
      collect,
      [],
    )
    .option("--check", "write nothing; fail where --out is out of date")
    .action(async (file: string, flags: ImportFlags) => {
      const { importCommand } = await import("./import.ts");
      await show(await importCommand(file, flags));
    });
}

const collect = (one: string, all: readonly string[]): readonly string[] => [...all, one];

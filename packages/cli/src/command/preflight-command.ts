import type { Command } from "commander";
import type { PreflightFlags } from "./preflight.ts";
import type { CommandTools } from "./subject.ts";

/** Adds `preflight`. */
export function addPreflight(program: Command, { addCommand, show }: CommandTools): void {
  addCommand(program, "preflight <path>", "looks at a model or what an app ships, before a store does")
    .option("--ios <version>", "oldest iOS of the app, such as 16")
    .option("--macos <version>", "oldest macOS of the app")
    .option("--tflite <version>", "TensorFlow Lite that the app has, such as 2.16.1")
    .option("--onnxruntime <version>", "ONNX Runtime that the app has, such as 1.20")
    .option("--budget <MB>", "megabytes that models may add")
    .action(async (path: string, flags: PreflightFlags) => {
      const { preflightCommand } = await import("./preflight.ts");
      await show(await preflightCommand(path, flags));
    });
}

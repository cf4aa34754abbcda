import * as module from "node:module";
import { fileURLToPath } from "node:url";
import { refuseOldNode } from "./node-version.js";

// Before anything that an older Node cannot load is imported; `tideline.js`, if that was started, has done both already.
if (!refuseOldNode(process.versions.node)) {
  // Types are stripped once instead of at every start: half of a short command's time.
  module.enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/tideline", import.meta.url)));
  const { runProgram } = await import("./program.ts");
  await runProgram(process.argv.slice(2));
}

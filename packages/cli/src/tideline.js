import * as module from "node:module";
import { fileURLToPath } from "node:url";
import { refuseOldNode } from "./node-version.js";

// JavaScript, so that an old Node is told what to do, and a start need not load what strips types: where compiled code is
// kept, that is done already.
if (!refuseOldNode(process.versions.node)) {
  module.enableCompileCache(fileURLToPath(new URL("../../../node_modules/.cache/tideline", import.meta.url)));
  await import("./main.ts");
}

import * as module from "node:module";
import { fileURLToPath } from "node:url";

// JavaScript, so that a start need not load what strips types: where compiled code is kept, that is done already.
// Absent before Node 22.8; `main.ts` says which versions will do.
module.enableCompileCache?.(fileURLToPath(new URL("../../../node_modules/.cache/tideline", import.meta.url)));
await import("./main.ts");

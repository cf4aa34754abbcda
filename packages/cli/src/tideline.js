#!/usr/bin/env node
import * as module from "node:module";
import { codeCache } from "./code-cache.js";
import { refuseOldNode } from "./node-version.js";

// JavaScript, so that an old Node is told what to do, and a start need not load what strips types: where compiled code is
// kept, that is done already.
if (!refuseOldNode(process.versions.node)) {
  module.enableCompileCache(codeCache(import.meta.url));
  await import("./main.ts");
}

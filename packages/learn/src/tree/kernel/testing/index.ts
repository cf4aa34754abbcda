export * from "./kernel-suite.ts";

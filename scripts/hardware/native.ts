import type { UntriedArea } from "./untried.ts";

export const native: UntriedArea = {
  name: "Native code",
  rows: [
    {
      feature: "The C core on ARM64, big-endian and 32-bit machines (`native/c`)",
      instead: "x86-64 Linux with gcc and clang, address and undefined-behaviour sanitizers, libFuzzer",
      proof: "Its tests, cross-compiled and run on the machine",
    },
    {
      feature: "The Swift shim over the C core: never compiled",
      instead:
        "Its files parse by a Swift grammar, and its module map builds under clang; no Swift compiler was at hand",
      proof: "`swift build` and its tests on macOS, then the sample app on an iPhone",
    },
    {
      feature: "The Kotlin core on Android (`native/kotlin`)",
      instead: "The same sources on the JVM by Maven, against the real ingest server",
      proof: "The same tests as instrumented tests on Android 8 and on the newest version",
    },
    {
      feature: "Files, fsync and rename on APFS, F2FS and ext4 with real power loss",
      instead: "Killed processes on Linux file systems; power was never cut",
      proof: "A power-cut rig: nothing acknowledged is lost after 1,000 cuts on each",
    },
  ],
};

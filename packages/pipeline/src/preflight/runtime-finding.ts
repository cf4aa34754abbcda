import type { Finding, ShipTargets } from "./finding.ts";

/** How writers name the oldest system or runtime, and which target each is held against. */
const NAMES: readonly (readonly [
  name: RegExp,
  target: Exclude<keyof ShipTargets, "budget">,
  shown: string,
])[] = [
  [/iOS (\d+(?:\.\d+)*)/, "ios", "iOS"],
  [/macOS (\d+(?:\.\d+)*)/, "macos", "macOS"],
  [/TensorFlow Lite (\d+(?:\.\d+)*)/, "tflite", "TensorFlow Lite"],
  [/ONNX Runtime (\d+(?:\.\d+)*)/, "onnxruntime", "ONNX Runtime"],
];

/** Whether a version of numbers and points is older than another. */
export function isOlder(left: string, right: string): boolean {
  const [a, b] = [left, right].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [x, y] = [a[at] ?? 0, b[at] ?? 0];
    if (x !== y) return x < y;
  }
  return false;
}

/** What a file needs that the oldest phones of an app lack. */
export function runtimeFindings(
  file: string,
  kind: string,
  oldest: string,
  targets: ShipTargets,
): readonly Finding[] {
  return NAMES.flatMap(([name, target, shown]): readonly Finding[] => {
    const needed = name.exec(oldest)?.[1];
    const has = targets[target];
    if (needed === undefined || has === undefined || !isOlder(has, needed)) return [];
    return [
      {
        check: "runtime",
        level: "error",
        file,
        what: `${kind} has operators that ${shown} knows from ${needed} on; the app is for ${has}`,
        fix: `Raise the app's oldest ${shown} to ${needed}, or ship a kind that runs there: tideline export --format all lists them.`,
      },
    ];
  });
}

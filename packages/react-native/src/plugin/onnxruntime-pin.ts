import { ONNXRUNTIME_VERSION } from "../runtime/onnx-runtime.ts";
import { insertBlock } from "./insert-block.ts";

const TAG = "tideline-onnxruntime";

/** `onnxruntime-react-native` takes the latest native library at each build; this makes it the version it was made for. */
export const pinInGradle = (contents: string): string =>
  insertBlock(contents, {
    tag: TAG,
    lines: [
      "allprojects {",
      "  configurations.all {",
      `    resolutionStrategy.force "com.microsoft.onnxruntime:onnxruntime-android:${ONNXRUNTIME_VERSION}"`,
      "  }",
      "}",
    ],
  });

/** The same in the Podfile, whose comments begin otherwise. */
export function pinInPodfile(contents: string): string {
  const line = `  pod 'onnxruntime-c', '${ONNXRUNTIME_VERSION}' # ${TAG}\n`;
  const clean = contents.replace(new RegExp(`^.*# ${TAG}\\n`, "m"), "");
  return clean.replace(/^target .* do\n/m, (target) => target + line);
}

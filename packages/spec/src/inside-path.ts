/**
 * Whether a path that a file names can lead nowhere but below the folder of that file, on any system: it is relative, without `..`, and
 * ends in a name. Links are another matter: whoever opens it looks at those.
 *
 * @example
 * isInsidePath("net.mlpackage/Data/weights.bin"); // true
 * isInsidePath("../net.onnx"); // false
 */
export function isInsidePath(path: string): boolean {
  const steps = path.split(/[/\\]/);
  const last = steps[steps.length - 1]!;
  return !/[\0:]/.test(path) && steps[0] !== "" && steps.indexOf("..") < 0 && last !== "" && last !== ".";
}

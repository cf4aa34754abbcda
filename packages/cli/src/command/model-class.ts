import type { OnnxModel } from "@tideline/graph";

/**
 * The names of a model's classes, where its metadata says them (`classes`): as a list of JSON or with commas between.
 *
 * @example
 * classesOf(readOnnx(bytes)); // ["sitting", "walking"], or undefined
 */
export function classesOf({ metadata }: OnnxModel): readonly string[] | undefined {
  const { classes } = metadata;
  if (classes === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(classes);
    return Array.isArray(list) ? list.map(String) : [classes];
  } catch {
    return classes.split(",");
  }
}

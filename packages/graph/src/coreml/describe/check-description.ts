import { tidelineError, type TidelineError } from "@tideline/spec";
import type { CoremlDescription, CoremlFeature } from "./description.ts";
import { formatFeatureType, type CoremlFeatureType } from "./feature-type.ts";

type ArrayType = Extract<CoremlFeatureType, { kind: "array" }>;

const malformed = (field: string, expected: string, received: string): TidelineError =>
  tidelineError("MODEL_MALFORMED", { who: "Core ML", field, expected, received });

const length = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

/** The oldest version that knows a type. Source: the comments of FeatureTypes.proto and Model.proto. */
function versionOfType(type: CoremlFeatureType): number {
  if (type.kind === "sequence") return 3;
  if (type.kind !== "array") return 1;
  if (type.elementType === "int8") return 10;
  if (type.elementType === "float16") return 7;
  if (type.defaultValue !== undefined) return 5;
  return type.shapes === undefined && type.ranges === undefined ? 1 : 3;
}

function checkArray(field: string, type: ArrayType): void {
  const { shape, ranges, shapes, defaultValue } = type;
  const received = formatFeatureType(type);
  if (!shape.every(length)) throw malformed(field, "lengths from 1 on", received);
  if (ranges !== undefined && shapes !== undefined)
    throw malformed(field, "ranges or shapes", "both of them");
  if (defaultValue !== undefined && type.optional !== true)
    throw malformed(field, "an optional array where there is a default", received);
  for (const [axis, { lower, upper }] of (ranges ?? []).entries()) {
    const own = shape[axis] ?? Number.NaN;
    if (!(lower >= 0 && own >= lower && (upper === -1 || own <= upper)))
      throw malformed(
        field,
        `a range around its length on axis ${axis}`,
        `${lower} to ${upper}: ${received}`,
      );
  }
  if (ranges !== undefined && ranges.length !== shape.length)
    throw malformed(field, `${shape.length} ranges`, String(ranges.length));
  if (shapes === undefined) return;
  if (!shapes.every((one) => one.length === shape.length && one.every(length)))
    throw malformed(field, `shapes of ${shape.length} lengths`, JSON.stringify(shapes));
  if (!shapes.some((one) => one.every((value, axis) => value === shape[axis])))
    throw malformed(field, "its own shape among the shapes", received);
}

function checkFeature(field: string, { name, type }: CoremlFeature, version: number): void {
  if (name === "") throw malformed(field, "a name", "an empty one");
  if (!name.isWellFormed()) throw malformed(field, "a name of Unicode", JSON.stringify(name));
  if (type.kind === "array") checkArray(`${field} ${name}`, type);
  const least = versionOfType(type);
  if (version < least)
    throw malformed(
      `${field} ${name}`,
      `specification version ${least} for ${formatFeatureType(type)}`,
      String(version),
    );
}

/**
 * Whether a description holds together, as Apple's compiler wants it: names that are there once, shapes that agree with
 * their ranges, predicted features among the outputs, no type that the version does not know.
 *
 * @throws MODEL_MALFORMED
 */
export function checkDescription(description: CoremlDescription, version: number): void {
  const { inputs, outputs, predictedFeature, predictedProbabilities } = description;
  if (outputs.length === 0) throw malformed("outputs", "at least one", "none");
  const names = new Set<string>();
  for (const [role, list] of [
    ["input", inputs],
    ["output", outputs],
  ] as const) {
    for (const feature of list) {
      checkFeature(role, feature, version);
      if (names.has(feature.name)) throw malformed(role, "each name once", feature.name);
      names.add(feature.name);
    }
  }
  const output = (name: string): CoremlFeature | undefined => outputs.find((one) => one.name === name);
  if (predictedFeature !== undefined && output(predictedFeature) === undefined)
    throw malformed("predictedFeature", "the name of an output", predictedFeature);
  if (predictedProbabilities === undefined) return;
  const type = output(predictedProbabilities)?.type;
  if (type === undefined || type.kind !== "dictionary")
    throw malformed(
      "predictedProbabilities",
      "the name of an output that is a dictionary",
      type === undefined ? predictedProbabilities : formatFeatureType(type),
    );
}

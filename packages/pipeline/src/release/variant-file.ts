import { ortVersion } from "@tideline/graph/ort";
import { tidelineError, type RuntimeName } from "@tideline/spec";
import { storedZip } from "./stored-zip.ts";
import type { ArtifactFormat, ModelArtifact } from "./matrix/model-artifact.ts";

/** A file of a release, with what a phone's runtime must be to take it. */
export interface VariantFile {
  readonly bytes: Uint8Array;
  readonly format: Exclude<RuntimeName, "onnx">;
  readonly version: number;
}

/** Version of LiteRT's file format (TFL3), which its readers have had since 2017. */
const LITERT_FORMAT = 3;

/** Version of Core ML's specification that a file asks for, as its writer tells it: 6 is iOS 15. */
const specificationOf = ({ report }: ModelArtifact): number =>
  (report as { readonly specificationVersion: number }).specificationVersion;

const single = ({ files }: ModelArtifact): Uint8Array => files[0]!.bytes;

/** What a release carries of a family of files: those that are not here it does not carry beside its graph. */
const FILES: Partial<Record<ArtifactFormat, (artifact: ModelArtifact) => VariantFile>> = {
  ort: (artifact) => ({ bytes: single(artifact), format: "ort", version: ortVersion(single(artifact)) }),
  tflite: (artifact) => ({ bytes: single(artifact), format: "litert", version: LITERT_FORMAT }),
  mlmodel: (artifact) => ({
    bytes: single(artifact),
    format: "coreml",
    version: specificationOf(artifact),
  }),
  mlpackage: (artifact) => ({
    bytes: storedZip(artifact.files),
    format: "coreml",
    version: specificationOf(artifact),
  }),
};

/**
 * The one file that a phone fetches of an artifact: itself, or for the folder of an `.mlpackage` an archive of it.
 *
 * @throws ARGUMENT_INVALID for an artifact that no release carries.
 */
export function variantFile(artifact: ModelArtifact): VariantFile {
  const of = FILES[artifact.format];
  if (of !== undefined) return of(artifact);
  throw tidelineError("ARGUMENT_INVALID", {
    who: "release",
    field: "variants",
    expected: `artifacts of ${Object.keys(FILES).join(", ")}`,
    received: artifact.kind,
  });
}

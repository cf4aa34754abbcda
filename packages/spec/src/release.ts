import type { FallbackRule } from "./model.ts";
import type { Rollout } from "./release-rollout.ts";
import type { WindowDefinition } from "./window.ts";

export * from "./release-event.ts";
export * from "./release-rollout.ts";

/** A public key of a role. */
export interface PublicKey {
  readonly scheme: "ed25519";
  /** 32 bytes in base64. */
  readonly public: string;
}

/** Which keys speak for a role, and how many of them must. */
export interface Role {
  readonly keys: readonly string[];
  readonly threshold: number;
}

/** The root of trust, pinned in the app and replaced only by a root that the old one signed (as in TUF, section 5.3). */
export interface RootMetadata {
  readonly type: "root";
  readonly format: 1;
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** True for keys that were made for development: a production device refuses them. */
  readonly development: boolean;
  /** By key id: the lower-case hexadecimal SHA-256 of the raw public key. */
  readonly keys: Readonly<Record<string, PublicKey>>;
  readonly roles: { readonly root: Role; readonly release: Role };
}

/** A file of a release. */
export interface ArtifactReference {
  readonly sha256: string;
  readonly bytes: number;
}

/** The formats that a model comes in; also the names of what runs them. `ort` is the form of `onnx` that reduced builds read. */
export type RuntimeName = "onnx" | "ort" | "table" | "litert" | "coreml";

/**
 * The pieces of a file, in order, each of `size` bytes but the last: a broken download goes on after the last whole
 * one, and those that a phone has from another release are not fetched again. The file's own digest still decides.
 */
export interface Chunks {
  readonly size: number;
  /** Lower-case hexadecimal SHA-256 of each. */
  readonly sha256: readonly string[];
}

/** A file of a release that may be fetched in pieces. */
export interface ChunkedReference extends ArtifactReference {
  readonly chunks?: Chunks;
}

/** The same model in one format, with the level that a runtime needs for it: {@link variantLevel}. */
export type Variant = ChunkedReference & {
  /**
   * What the file is, as `tideline export --format` names it, such as `tflite-int8`; releases of before there were several of a format
   * lack it. An `mlpackage...` is a folder: its variant is one `.zip` of it, nothing in which is compressed.
   */
  readonly kind?: string;
} & (
    | { readonly format: "onnx"; readonly opset: number }
    /** `version` is the version of the format; of `coreml` that of the model's specification. */
    | { readonly format: Exclude<RuntimeName, "onnx">; readonly version: number }
  );

/** What a runtime must reach to take a variant: the opset of `onnx`, the format's version of the others. */
export function variantLevel(variant: Variant): number {
  return variant.format === "onnx" ? variant.opset : variant.version;
}

/** What a release asks of the phone that takes it. */
export interface Requirements {
  /** Lowest SDK version, `major.minor.patch`. */
  readonly sdk: string;
  /** Version of each event that the model's window reads. */
  readonly schema: Readonly<Record<string, number>>;
  /** The phone needs one of these runtimes. */
  readonly runtime: readonly string[];
  readonly opset: number;
  /** Lowest level by runtime (format version, or opset), where it is not `opset`. */
  readonly levels?: Readonly<Record<string, number>>;
}

/** What a phone has, held against {@link Requirements}. */
export interface Capabilities {
  readonly sdk: string;
  readonly schema: Readonly<Record<string, number>>;
  /** Highest level by runtime: the opset of `onnx`, the format's version of the others. */
  readonly runtimes: Readonly<Record<string, number>>;
}

/** A release: a model offered to phones, signed by the release role. */
export interface ReleaseMetadata {
  readonly type: "release";
  readonly format: 1;
  readonly app: string;
  readonly channel: string;
  /** Counts up with every release of a channel; a phone never goes back (a rollback is a new, higher version). */
  readonly version: number;
  /** Content address of the model: hexadecimal SHA-256 of its graph. */
  readonly id: string;
  readonly issued: number;
  /** After this a phone keeps the last good model and takes nothing new. */
  readonly expires: number;
  readonly requires: Requirements;
  readonly model: {
    readonly name: string;
    readonly purpose: string;
    readonly cloudPurpose: string;
    readonly labels: readonly string[];
    readonly window: WindowDefinition;
    readonly input: string;
    readonly output: string;
    /** Content hash of the app definition that it was trained with. */
    readonly definition: string;
    readonly run: string;
    readonly snapshot: string;
  };
  readonly fallback: FallbackRule;
  readonly variants: readonly Variant[];
  /** Synthetic vectors for the self-test. */
  readonly vectors: ArtifactReference;
  /** True: stop predicting with any model of this channel. */
  readonly kill: boolean;
  /** For which phones it is; for all of them where it is absent. A kill switch is for all. */
  readonly rollout?: Rollout;
}

/** What a variant of rounded numbers is to answer to the windows of a self-test. */
export interface VariantAnswers {
  /** Root mean square of all differences that a phone may be at. */
  readonly deviation: number;
  readonly probabilities: readonly (readonly number[])[];
}

/**
 * Synthetic windows with the probabilities that the model gives them; holds nothing taken from a person. A file of rounded numbers
 * answers otherwise than the graph, most of all to windows that no person makes: a phone holds it to what this very file answered.
 */
export interface SelfTestVectors {
  readonly format: 1;
  /** Largest difference of a probability that a phone may be at. */
  readonly tolerance: number;
  /** `[size, channels]`, row-major. */
  readonly windows: readonly (readonly number[])[];
  readonly probabilities: readonly (readonly number[])[];
  /** By digest of a variant, what it is held to in place of the graph's answers. */
  readonly variants?: Readonly<Record<string, VariantAnswers>>;
}

/**
 * A signed payload, after DSSE (Dead Simple Signing Envelope, protocol 1.0): what is signed is
 * {@link preAuthentication} of the very bytes, so that no parser stands before the signature.
 */
export interface Envelope {
  readonly payloadType: string;
  /** Base64 of the payload's bytes. */
  readonly payload: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** Payload types of the two kinds of metadata. */
export const ROOT_TYPE = "application/vnd.tideline.root+json";
export const RELEASE_TYPE = "application/vnd.tideline.release+json";

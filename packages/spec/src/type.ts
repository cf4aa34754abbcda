import type { MediaFieldType, MediaReference } from "./media-reference.ts";
import type { DataCategory } from "./privacy/category.ts";

/** The type of one field of an event. Plain data: a phone imports it. */
export type FieldType =
  | { readonly kind: "string"; readonly maxLength: number; readonly oneOf?: readonly string[] }
  | { readonly kind: "int"; readonly min?: number; readonly max?: number }
  | { readonly kind: "float"; readonly unit?: string; readonly min?: number; readonly max?: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "time" }
  | { readonly kind: "vector"; readonly size: number }
  | FrameType
  | MediaFieldType;

/**
 * A run of sensor samples, interleaved by sample: `[samples, channels]`. On the wire the field's value is a
 * `FrameReference` into the batch's attachment, where they stand packed as float32 or as int16 with a scale.
 */
export interface FrameType {
  readonly kind: "frame";
  readonly channels: readonly string[];
  /** Unit of each channel, in the order of `channels`. */
  readonly units: readonly string[];
  /** Samples a second. */
  readonly rate: number;
}

/** The TypeScript type of a field's value on the device. */
export type ValueOf<Field extends FieldType> = Field extends { kind: "string" }
  ? string
  : Field extends { kind: "int" | "float" | "time" }
    ? number
    : Field extends { kind: "boolean" }
      ? boolean
      : Field extends { kind: "vector" }
        ? readonly number[]
        : Field extends { kind: "media" }
          ? MediaReference
          : Frame;

/** A run of samples as the app hands it over: `[samples, channels]`, interleaved by sample. */
export interface Frame {
  readonly samples: number;
  readonly values: Float32Array;
}

/** Builders of field types. */
export const t = {
  /** Text of at most `maxLength` UTF-16 units (default 256). */
  string: (options: { maxLength?: number; oneOf?: readonly string[] } = {}) =>
    ({ kind: "string", maxLength: options.maxLength ?? 256, ...options }) as const,
  /** A short identifier. */
  id: () => ({ kind: "string", maxLength: 64 }) as const,
  /** A safe integer. */
  int: (options: { min?: number; max?: number } = {}) => ({ kind: "int", ...options }) as const,
  /** A finite number. */
  float: (options: { unit?: string; min?: number; max?: number } = {}) =>
    ({ kind: "float", ...options }) as const,
  boolean: () => ({ kind: "boolean" }) as const,
  /** Milliseconds since 1970, UTC. */
  time: () => ({ kind: "time" }) as const,
  /** A fixed number of finite numbers. */
  vector: (size: number) => ({ kind: "vector", size }) as const,
  /** Sensor samples; see {@link FrameType}. */
  frame: (options: { channels: readonly string[]; units: readonly string[]; rate: number }): FrameType => ({
    kind: "frame",
    ...options,
  }),
  /**
   * An image, a sound, a film or a file by reference: the event says its SHA-256, length and media type, the bytes stay on
   * the phone. `types` are exact media types, lower case and without parameters.
   *
   * @example
   * const meal = event("meal", { photo: t.media({ types: ["image/jpeg"], maxBytes: 8_000_000 }) }, options);
   * await client.track(meal, { photo: (await media.put(jpeg, { type: "image/jpeg", purpose: "diary" }))! });
   */
  media: (options: { types: readonly string[]; maxBytes: number }): MediaFieldType => ({
    kind: "media",
    types: options.types,
    maxBytes: options.maxBytes,
  }),
  /** The same type, but the field may be absent. */
  optional: <Field extends FieldType>(field: Field) => ({ ...field, optional: true }) as const,
  /**
   * The same type, but the field travels and is stored only when the person consented to this purpose too, besides
   * that of the event; hence it may be absent.
   *
   * @example
   * event("walk", { steps: t.int(), place: t.forPurpose("location", t.vector(2)) }, { purpose: "fitness", retain: "90d" });
   */
  forPurpose: <const Purpose extends string, Field extends FieldType>(purpose: Purpose, field: Field) =>
    ({ ...field, optional: true, purpose }) as const,
  /**
   * The same field, with what it is to the stores (`tideline privacy`), where its event does not say it.
   *
   * @example
   * t.category("precise_location", t.forPurpose("map", t.vector(2)))
   */
  category: <const Category extends DataCategory, Field extends FieldType>(
    category: Category,
    field: Field,
  ) => ({ ...field, category }) as const,
} as const;

import { frameBytes, type FrameReference } from "../frame.ts";
import type { MediaReference } from "../media-reference.ts";
import type { FieldType, FrameType } from "../type.ts";
import type { WireValue } from "../wire.ts";

/** Longer strings and vectors are not made up: a definition may name any length. */
const MAX_LENGTH = 100_000;

/** Characters of which strings are made that no list of allowed ones holds. */
const FILLERS = "~x0_-.:;!?+*/#@abcdefghijklmnopqrstuvw";

function numbersOf(types: readonly FieldType[]): readonly number[] {
  const bounds = types.flatMap((type) =>
    type.kind === "int" || type.kind === "float" ? [type.min ?? 0, type.max ?? 0] : [],
  );
  const around = [0, 1, ...bounds].flatMap((bound) => [
    bound,
    bound - 1,
    bound + 1,
    bound - 0.5,
    bound + 0.5,
    Math.floor(bound),
    Math.ceil(bound),
    bound * 2,
    bound / 2,
  ]);
  const sorted = [...new Set(around)].sort((left, right) => left - right);
  const between = sorted.slice(1).map((bound, index) => sorted[index]! + (bound - sorted[index]!) / 2);
  const extremes = [Number.MAX_SAFE_INTEGER, Number.MAX_VALUE].flatMap((value) => [value, -value]);
  return [...sorted, ...between, ...extremes];
}

function stringsOf(types: readonly FieldType[]): readonly string[] {
  const strings = types.filter((type) => type.kind === "string");
  const listed = strings.flatMap(({ oneOf }) => oneOf ?? []);
  const lengths = strings
    .flatMap(({ maxLength }) => [maxLength, maxLength + 1])
    .filter((length) => length <= MAX_LENGTH);
  const made = [...new Set([0, 1, 2, ...lengths])].map((length) => {
    const texts = [...FILLERS].map((character) => character.repeat(length));
    return texts.find((text) => !listed.includes(text)) ?? "";
  });
  return [...listed, ...made];
}

/** Two frames of a type: one that says as little as it may, and one that says its rate and units. */
function framesOf(type: FrameType, attachmentBytes: number): readonly FrameReference[] {
  const { channels, rate, units } = type;
  const samples = 1;
  const length = frameBytes({ samples }, channels.length);
  // At the very end, so that a type of more channels finds too few bytes.
  const offset = attachmentBytes - length;
  return [
    { offset, samples },
    { offset, samples, rate, units },
  ];
}

/** References of every listed media type and of one that no list has, at both sides of every bound. */
function mediaOf(types: readonly FieldType[]): readonly MediaReference[] {
  const media = types.filter((type) => type.kind === "media");
  if (media.length === 0) return [];
  const listed = [...new Set(media.flatMap((field) => field.types)), "x-none/x-none"];
  const sizes = new Set([1, ...media.flatMap(({ maxBytes }) => [maxBytes, maxBytes + 1])]);
  return listed.flatMap((type) => [...sizes].map((bytes) => ({ sha256: "0".repeat(64), bytes, type })));
}

/** Bytes of an attachment that holds a frame of each type. */
export function attachmentBytesOf(types: readonly FieldType[]): number {
  const lengths = types.map((type) =>
    type.kind === "frame" ? frameBytes({ samples: 1 }, type.channels.length) : 0,
  );
  return Math.max(0, ...lengths);
}

/**
 * Values at which types of fields can differ: both sides of every bound, every listed text, one that no list has,
 * every length, a frame of every type. Where one of the types takes a value that another refuses, it is among these.
 */
export function candidateValues(types: readonly FieldType[]): readonly (WireValue | null)[] {
  const attachmentBytes = attachmentBytesOf(types);
  const sizes = types.flatMap((type) =>
    type.kind === "vector" && type.size <= MAX_LENGTH ? [type.size] : [],
  );
  return [
    ...stringsOf(types),
    ...numbersOf(types),
    true,
    false,
    ...[...new Set(sizes)].map((size) => Array.from({ length: size }, () => 0)),
    ...types.flatMap((type) => (type.kind === "frame" ? framesOf(type, attachmentBytes) : [])),
    ...mediaOf(types),
    null,
  ];
}

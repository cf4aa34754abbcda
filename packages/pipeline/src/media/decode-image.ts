import type { Image } from "@tideline/learn/transform";
import { messageOf, tidelineError, type TidelineError } from "@tideline/spec";
import sharp, { type Sharp } from "sharp";
import { formatOf, type ImageFormat } from "./image-format.ts";

/** How an image is decoded, and what a hostile one may cost. */
export interface DecodeOptions {
  /** 3: red, green, blue, opacity on black (the default); 4: with opacity; 1: grey, as libvips weighs it. */
  readonly channels?: 1 | 3 | 4;
  /**
   * What becomes of a colour profile in the file: `convert` brings its colours to sRGB (the default: what a person sees), `ignore`
   * takes the numbers as they are, as Pillow does.
   */
  readonly profile?: "convert" | "ignore";
  /** Bytes of a file. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Pixels of an image, known before any is decoded. Default 50 million. */
  readonly maxPixels?: number;
  /** Seconds that one image may take. Default 30. */
  readonly seconds?: number;
}

/** A decoded image: bytes of sRGB, turned as the camera was held. */
export interface DecodedImage extends Image {
  readonly format: ImageFormat;
  readonly colourSpace: "srgb" | "grey";
  /** The turn that was applied, EXIF's 1 to 8; 1 is none. */
  readonly orientation: number;
}

const refused = (expected: string, received: string, cause?: unknown): TidelineError =>
  tidelineError("DATA_MALFORMED", { who: "decodeImage", field: "image", expected, received, cause });

/** A marker in JPEGs that say how the camera was held. */
const EXIF = Buffer.from("Exif\0\0");

/** How the camera was held; most JPEGs do not say, which their first bytes tell without asking libvips. */
async function orientationOf(source: Sharp, format: ImageFormat, bytes: Uint8Array): Promise<number> {
  if (format === "jpeg") {
    const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!start.includes(EXIF)) return 1;
  }
  return (await source.metadata()).orientation ?? 1;
}

/** Wants an option to be a number above 0. */
function limit(field: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "decodeImage",
    field,
    expected: "a number above 0",
    received: String(value),
  });
}

/**
 * Decodes a JPEG, PNG, WebP, AVIF, TIFF or GIF (its first frame) to bytes `[height, width, channels]` with libvips, in a thread
 * of its own: the orientation of EXIF applied, samples of 16 bits brought to 8, profiles converted to sRGB. It only decodes:
 * sizes are the business of `resizeImage`, the same in training as on a phone.
 *
 * The format is told by the file's first bytes, never by a name; what else libvips could read (SVG, PDF) is refused unread. A file
 * that is cut off or damaged is refused, not guessed at.
 *
 * Of baseline and progressive JPEGs (4:4:4, 4:2:0, grey), PNG and WebP it gives what Pillow 13 gives, in every bit; Pillow neither
 * turns an image nor converts its profile by itself. Decoders of phones are others, and were not run here.
 *
 * @throws DATA_MALFORMED for what is no image of these formats, is damaged, or is larger than the limits; ARGUMENT_INVALID for
 * options.
 * @example
 * const photo = await decodeImage(await readFile("beach.jpg"));
 * const input = resizeImage(photo, { height: 224, width: 224, kernel: "bicubic" });
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedImage> {
  const { channels = 3, profile = "convert" } = options;
  const maxBytes = limit("maxBytes", options.maxBytes ?? 64 * 2 ** 20);
  const maxPixels = Math.floor(limit("maxPixels", options.maxPixels ?? 50_000_000));
  const seconds = Math.ceil(limit("seconds", options.seconds ?? 30));
  if (![1, 3, 4].includes(channels))
    throw tidelineError("ARGUMENT_INVALID", {
      who: "decodeImage",
      field: "channels",
      expected: "1, 3 or 4",
      received: String(channels),
    });
  if (bytes.length > maxBytes) throw refused(`at most ${maxBytes} bytes`, `${bytes.length}`);
  const format = formatOf(bytes);
  if (format === undefined)
    throw refused("a JPEG, PNG, WebP, AVIF, TIFF or GIF", `${bytes.length} bytes that begin otherwise`);
  try {
    const source = sharp(bytes, {
      limitInputPixels: maxPixels,
      failOn: "warning",
      sequentialRead: true,
      ignoreIcc: profile === "ignore",
    });
    const orientation = await orientationOf(source, format, bytes);
    const turned = orientation === 1 ? source : source.autoOrient();
    return await pixels(turned.timeout({ seconds }), format, channels, orientation);
  } catch (error) {
    throw translated(error, format, maxPixels);
  }
}

async function pixels(
  source: Sharp,
  format: ImageFormat,
  channels: 1 | 3 | 4,
  orientation: number,
): Promise<DecodedImage> {
  const flat = channels === 4 ? source.ensureAlpha() : source.flatten({ background: "#000" });
  const painted = channels === 1 ? flat.toColourspace("b-w") : flat.toColourspace("srgb");
  const { data, info } = await painted.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  if (info.channels !== channels) throw refused(`${channels} channels`, String(info.channels));
  return Object.freeze({
    height: info.height,
    width: info.width,
    channels,
    values: new Uint8Array(data.buffer, data.byteOffset, data.length),
    format,
    colourSpace: channels === 1 ? "grey" : "srgb",
    orientation,
  });
}

function translated(error: unknown, format: ImageFormat, maxPixels: number): unknown {
  if ((error as { name?: string }).name === "TidelineError") return error;
  const message = messageOf(error).replaceAll("\n", " ");
  if (/pixel limit/i.test(message)) return refused(`at most ${maxPixels} pixels`, "more", error);
  return refused(`a whole ${format} file`, message.slice(0, 200), error);
}

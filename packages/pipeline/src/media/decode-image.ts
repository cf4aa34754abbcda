import type { Image } from "@tideline/learn/transform";
import { messageOf, tidelineError, type TidelineError } from "@tideline/spec/error";
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
  /** Bytes of a file, an integer from 1 to 2^31 - 1. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Pixels of an image, known before any is decoded, an integer from 1 to 2^32. Default 50 million. */
  readonly maxPixels?: number;
  /** Seconds that one image may take, at most 3600; rounded up to whole ones. Default 30. */
  readonly seconds?: number;
}

/** A decoded image: bytes of sRGB, turned as the camera was held. */
export interface DecodedImage extends Image {
  readonly format: ImageFormat;
  readonly colourSpace: "srgb" | "grey";
  /** The turn that was applied, EXIF's 1 to 8; 1 is none. */
  readonly orientation: number;
}

// libvips keeps its last 100 operations, with what they hold, to find them again: an image is decoded once. Of the whole process.
sharp.cache(false);

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

const illegal = (field: string, expected: string, received: unknown): TidelineError =>
  tidelineError("ARGUMENT_INVALID", { who: "decodeImage", field, expected, received: String(received) });

/** Options with their defaults. */
export type DecodePlan = Required<DecodeOptions>;

/** The largest that limits may be: libvips has its own beyond. */
const MOST = { maxBytes: 2 ** 31 - 1, maxPixels: 2 ** 32, seconds: 3600 } as const;

/** The options with their defaults. @throws ARGUMENT_INVALID */
export function decodePlan(options: DecodeOptions): DecodePlan {
  const { channels = 3, profile = "convert" } = options;
  const { maxBytes = 64 * 2 ** 20, maxPixels = 50_000_000, seconds = 30 } = options;
  if (![1, 3, 4].includes(channels)) throw illegal("channels", "1, 3 or 4", channels);
  if (profile !== "convert" && profile !== "ignore") throw illegal("profile", "convert or ignore", profile);
  // To libvips 0 pixels are no limit at all.
  for (const [field, value] of Object.entries({ maxBytes, maxPixels })) {
    const most = MOST[field as keyof typeof MOST];
    if (!Number.isInteger(value) || value < 1 || value > most)
      throw illegal(field, `an integer from 1 to ${most}`, value);
  }
  if (!(seconds > 0 && seconds <= MOST.seconds))
    throw illegal("seconds", `a number above 0, at most ${MOST.seconds}`, seconds);
  return { channels, profile, maxBytes, maxPixels, seconds };
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
 * This module switches the cache of sharp's operations off, for the whole process: it would hold memory of images that are done with.
 *
 * @throws DATA_MALFORMED for what is no image of these formats, is damaged, or is larger than the limits; ARGUMENT_INVALID for
 * options.
 * @example
 * const photo = await decodeImage(await readFile("beach.jpg"));
 * const input = resizeImage(photo, { height: 224, width: 224, kernel: "bicubic" });
 */
export async function decodeImage(bytes: Uint8Array, options: DecodeOptions = {}): Promise<DecodedImage> {
  const { channels, profile, maxBytes, maxPixels, seconds } = decodePlan(options);
  if (!(bytes instanceof Uint8Array)) throw illegal("bytes", "a Uint8Array", typeof bytes);
  if (bytes.length > maxBytes) throw refused(`at most ${maxBytes} bytes`, `${bytes.length}`);
  const format = formatOf(bytes);
  if (format === undefined)
    throw refused("a JPEG, PNG, WebP, AVIF, TIFF or GIF", `${bytes.length} bytes that begin otherwise`);
  // Whole seconds to libvips. Built before the try: an option that sharp refuses says nothing about the file.
  const source = sharp(bytes, {
    limitInputPixels: maxPixels,
    failOn: "warning",
    sequentialRead: true,
    ignoreIcc: profile === "ignore",
  }).timeout({ seconds: Math.ceil(seconds) });
  const began = performance.now();
  try {
    const orientation = await orientationOf(source, format, bytes);
    const turned = orientation === 1 ? source : source.autoOrient();
    return await pixels(turned, format, channels, orientation);
  } catch (error) {
    const late = performance.now() - began >= 1000 * Math.ceil(seconds);
    throw translated(error, format, { maxPixels, seconds, late });
  } finally {
    letGo(source);
  }
}

/**
 * Lets go of what sharp was told, 13 KB and the file. It is a stream, and holds itself by a function of its own; V8 13.6 carries
 * functions that hold something through its young collections, so that young memory grew to 40 MB in 2,000 images; now to 13.
 */
function letGo(source: Sharp): void {
  Reflect.deleteProperty(source, "options");
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

/** What libvips says of an image that it gave up as too late. */
const LATE = /^timeout: |killed for image/;

/** What sharp says where libvips says nothing. */
const SILENT = /^Warning treated as error/;

/**
 * The error of an image. Images that are decoded at once share libvips' words: one may get another's, or none, so that
 * the clock says which ones were late.
 */
function translated(
  error: unknown,
  format: ImageFormat,
  { maxPixels, seconds, late }: Pick<DecodePlan, "maxPixels" | "seconds"> & { readonly late: boolean },
): unknown {
  if ((error as { name?: string }).name === "TidelineError") return error;
  // libvips says the same once for each place that it passes.
  const lines = [...new Set(messageOf(error).split("\n"))];
  if (lines.some((line) => /pixel limit/i.test(line)))
    return refused(`at most ${maxPixels} pixels`, "more", error);
  const own = lines.filter((line) => !LATE.test(line) && !SILENT.test(line)).join(" ");
  const given = lines.some((line) => LATE.test(line)) || own === "";
  if (late && given) return refused(`pixels within ${Math.ceil(seconds)} seconds`, "none by then", error);
  return refused(`a whole ${format} file`, own.slice(0, 200) || "one that libvips does not read", error);
}

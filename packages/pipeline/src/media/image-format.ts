/** A format that is decoded. */
export type ImageFormat = "jpeg" | "png" | "webp" | "avif" | "tiff" | "gif";

const latin = (bytes: Uint8Array, from: number, to: number): string =>
  String.fromCharCode(...bytes.subarray(from, to));

/** By what the first bytes of a file tell its format. */
const SIGNATURES: Readonly<Record<ImageFormat, (bytes: Uint8Array) => boolean>> = {
  jpeg: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff,
  png: (bytes) => latin(bytes, 0, 8) === "\x89PNG\r\n\x1a\n",
  webp: (bytes) => latin(bytes, 0, 4) === "RIFF" && latin(bytes, 8, 12) === "WEBP",
  avif: (bytes) => latin(bytes, 4, 8) === "ftyp" && ["avif", "avis"].includes(latin(bytes, 8, 12)),
  tiff: (bytes) => ["II*\0", "MM\0*"].includes(latin(bytes, 0, 4)),
  gif: (bytes) => ["GIF87a", "GIF89a"].includes(latin(bytes, 0, 6)),
};

/** The format of a file by its first bytes, or undefined. */
export function formatOf(bytes: Uint8Array): ImageFormat | undefined {
  return (Object.keys(SIGNATURES) as ImageFormat[]).find((format) => SIGNATURES[format](bytes));
}

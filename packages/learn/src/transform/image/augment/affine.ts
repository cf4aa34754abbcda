import { finite, illegalOption, oneOf, positive } from "../../../net/check-option.ts";
import { checkImage, type Image } from "../image.ts";
import { level, likeValues, withValues, type PixelValues } from "./pixel-values.ts";

/** A turn, a shift, a stretch and a shear about the middle of an image, in torchvision's order and sense. */
export interface AffineOptions {
  /** Degrees clockwise. Default 0. */
  readonly angle?: number;
  /** Pixels to the right and down. Default none. */
  readonly shift?: readonly [right: number, down: number];
  /** Default 1. */
  readonly scale?: number;
  /** Degrees along the rows and the columns. Default none. */
  readonly shear?: readonly [x: number, y: number];
  /** Default `bilinear`. */
  readonly kernel?: "nearest" | "bilinear";
  /** The grey level beyond the image. Default 0. */
  readonly fill?: number;
}

/** Where the pixel of a new place comes from: `x = a x' + b y' + c`, `y = d x' + e y' + f`, both from the middle. */
export function inverseAffine(
  options: AffineOptions,
): readonly [number, number, number, number, number, number] {
  const who = "affineImage";
  const turn = (finite(who, "angle", options.angle ?? 0) * Math.PI) / 180;
  const [sx, sy] = (options.shear ?? [0, 0]).map(
    (angle, at) => (finite(who, `shear[${at}]`, angle) * Math.PI) / 180,
  );
  const [right, down] = options.shift ?? [0, 0];
  finite(who, "shift[0]", right);
  finite(who, "shift[1]", down);
  const scale = positive(who, "scale", options.scale ?? 1);
  if (Math.abs(Math.cos(sy!)) < 1e-6 || Math.abs(Math.cos(sx!)) < 1e-6)
    throw illegalOption(who, "shear", "angles below 90 degrees", String(options.shear));
  // The matrix of turn, shear and scale, inverted.
  const a = Math.cos(turn - sy!) / Math.cos(sy!);
  const b = (-Math.cos(turn - sy!) * Math.tan(sx!)) / Math.cos(sy!) - Math.sin(turn);
  const c = Math.sin(turn - sy!) / Math.cos(sy!);
  const d = (-Math.sin(turn - sy!) * Math.tan(sx!)) / Math.cos(sy!) + Math.cos(turn);
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale];
  return [m0, m1, -(m0 * right + m1 * down), m3, m4, -(m3 * right + m4 * down)];
}

/**
 * The image turned, shifted, stretched and sheared about its middle, as torchvision's `affine` (positive angles clockwise);
 * the size stays.
 *
 * @throws DEFINITION_ILLEGAL for numbers that make no such map.
 * @example
 * affineImage(photo, { angle: 10, scale: 1.1, fill: 114 });
 */
export function affineImage<Values extends PixelValues>(
  image: Image<Values>,
  options: AffineOptions,
): Image<Values> {
  checkImage("affineImage", image);
  const kernel = oneOf("affineImage", "kernel", { nearest: 0, bilinear: 0 }, options.kernel ?? "bilinear");
  const fill = finite("affineImage", "fill", options.fill ?? 0);
  const [a, b, c, d, e, f] = inverseAffine(options);
  const { height, width, channels, values } = image;
  const out = likeValues(values, values.length);
  const [midX, midY] = [(width - 1) / 2, (height - 1) / 2];
  const read = (x: number, y: number, channel: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? fill : values[(y * width + x) * channels + channel]!;
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const fromX = a * (x - midX) + b * (y - midY) + c + midX;
      const fromY = d * (x - midX) + e * (y - midY) + f + midY;
      const left = kernel === "nearest" ? Math.floor(fromX + 0.5) : Math.floor(fromX);
      const top = kernel === "nearest" ? Math.floor(fromY + 0.5) : Math.floor(fromY);
      const [shareX, shareY] = kernel === "nearest" ? [0, 0] : [fromX - left, fromY - top];
      for (let channel = 0; channel < channels; channel++) {
        let sum = (1 - shareX) * (1 - shareY) * read(left, top, channel);
        if (shareX > 0) sum += shareX * (1 - shareY) * read(left + 1, top, channel);
        if (shareY > 0) sum += (1 - shareX) * shareY * read(left, top + 1, channel);
        if (shareX > 0 && shareY > 0) sum += shareX * shareY * read(left + 1, top + 1, channel);
        out[to++] = level(values, sum);
      }
    }
  return withValues(image, out);
}

/** The image turned about its middle by degrees clockwise; the size stays. */
export function rotateImage<Values extends PixelValues>(
  image: Image<Values>,
  angle: number,
  options: Omit<AffineOptions, "angle"> = {},
): Image<Values> {
  return affineImage(image, { ...options, angle });
}

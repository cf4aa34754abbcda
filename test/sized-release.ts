import { concatBytes, toHex, type Variant } from "@tideline/spec";
import {
  makeRelease,
  modelBytes,
  platform,
  runtimeOf,
  type SmallRelease,
  type World,
} from "./device-fixture.ts";
import type { ModelRuntime } from "@tideline/device";

/**
 * A release with several files for `onnx`, the smallest first: each of a gain of its own and a byte larger than the one before. Its
 * self-test agrees with a gain of 0.5.
 *
 * @param order how its manifest lists them
 */
export async function sizedRelease(
  version: number,
  gains: readonly number[],
  order: (variants: readonly Variant[]) => readonly Variant[] = (variants) => variants,
): Promise<SmallRelease> {
  const files = gains.map((gain, size) =>
    concatBytes([modelBytes(gain), platform.text.encode(` ${"+".repeat(size)}`)]),
  );
  const variants = await Promise.all(
    files.map(async (file): Promise<Variant> => ({
      sha256: toHex(await platform.digest(file)),
      bytes: file.length,
      format: "onnx",
      opset: 18,
    })),
  );
  const made = await makeRelease(version, { gain: 0.5, variants: order(variants) });
  const artifacts = new Map(made.artifacts);
  variants.forEach(({ sha256 }, at) => artifacts.set(sha256, files[at]!));
  return { ...made, artifacts };
}

/** A runtime that takes the app down while it loads a file of a size that is said, counted from 0 for the smallest of {@link sizedRelease}. */
export function deadlyRuntime(
  world: World,
  tier: ModelRuntime["tier"],
  isDeadly: (size: number) => boolean,
): ModelRuntime {
  const sound = runtimeOf({ tier });
  return {
    ...sound,
    load: async (bytes, names) => {
      if (isDeadly(platform.text.decode(bytes).split("+").length - 1)) {
        world.storage().stop();
        throw new Error("segmentation fault");
      }
      return sound.load(bytes, names);
    },
  };
}

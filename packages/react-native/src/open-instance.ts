import type { SecureStorage } from "@tideline/device";
import { toHex } from "@tideline/spec";

const NAME = "instance";

/**
 * The name of this installation on this very device, 32 hexadecimal digits: made once, kept in the secure storage,
 * which no backup and no clone carries. Rejects where the secure storage cannot be read, because a new name would
 * make the phone's own storage look like a copy.
 */
export async function openInstance(
  secure: SecureStorage,
  random: (length: number) => Uint8Array,
): Promise<string> {
  const known = await secure.read(NAME);
  if (known !== null) return toHex(known);
  const made = random(16);
  await secure.write(NAME, made);
  return toHex(made);
}

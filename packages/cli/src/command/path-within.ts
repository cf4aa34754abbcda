import { lstat, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/** Links that are followed before a path counts as a circle: what Linux allows. */
const MOST_LINKS = 40;

/** The path without links, of as much of it as is there; a link to what is not there yet is followed too. */
async function realPathOf(path: string, links = 0): Promise<string> {
  const whole = resolve(path);
  const real = await realpath(whole).catch(() => null);
  if (real !== null || whole === dirname(whole)) return real ?? whole;
  const parent = await realPathOf(dirname(whole), links);
  const place = join(parent, basename(whole));
  const isLink = await lstat(place).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (!isLink || links === MOST_LINKS) return place;
  return realPathOf(resolve(parent, await readlink(place)), links + 1);
}

/** Which directory a path is, whatever its name is written like; null where there is none. */
const identityOf = (path: string): Promise<string | null> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );

/**
 * Whether a path is a folder or lies in it, links resolved; neither needs to be there yet.
 *
 * @example
 * await pathWithin("vault", "server"); // true where vault is a link to server/keys
 */
export async function pathWithin(path: string, folder: string): Promise<boolean> {
  const outer = await realPathOf(folder);
  // File systems that ignore case, and mounts, name one directory in several ways.
  const identity = await identityOf(outer);
  for (let place = await realPathOf(path); ; place = dirname(place)) {
    if (place === outer || (identity !== null && identity === (await identityOf(place)))) return true;
    if (place === dirname(place)) return false;
  }
}

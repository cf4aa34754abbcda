/** Oldest major version of Node that runs this: types are stripped and `node:sqlite` needs no flag. */
const OLDEST_MAJOR = 24;

/**
 * Says so and sets the exit status of a wrong configuration (78) where the running Node is too old. Imports nothing, and is
 * JavaScript, which an old Node reads.
 *
 * @param {string} version
 * @returns {boolean}
 */
export function refuseOldNode(version) {
  if (Number(version.split(".")[0]) >= OLDEST_MAJOR) return false;
  const remedy =
    "Install that, or, in a checkout, run it by npm (npm start, npm run tideline), which brings its own.";
  process.stderr.write(
    `tideline: Node: expected ${OLDEST_MAJOR} or newer, received ${version}. ${remedy} [CONFIG_MALFORMED]\n`,
  );
  process.exitCode = 78;
  return true;
}

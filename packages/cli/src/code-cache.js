import { fileURLToPath } from "node:url";

/** The folder that packages stand in. */
const MODULES = "/node_modules/";

/**
 * Folder of compiled code: below the `node_modules` that the command is installed in, or the repository's own.
 *
 * @param {string} url of the module that starts the command.
 * @returns {string}
 */
export function codeCache(url) {
  const at = url.lastIndexOf(MODULES);
  const modules = at < 0 ? new URL("../../../node_modules/", url).href : url.slice(0, at + MODULES.length);
  return fileURLToPath(new URL(".cache/tideline", modules));
}

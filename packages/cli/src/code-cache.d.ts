/** Folder of compiled code: below the `node_modules` that the command is installed in, or the repository's own. */
export function codeCache(url: string): string;

/**
 * The first key that an object of JSON gives twice, of which a parser keeps the last value alone; undefined for none.
 *
 * @param text valid JSON of an object
 * @param count keys that its parser found
 */
export function repeatedKey(text: string, count: number): string | undefined {
  return keySigns(text) === count ? undefined : repeatedIn(text);
}

/** Colons behind a quote: as many as there are keys, unless objects are nested or texts hold such signs, which are more. */
function keySigns(text: string): number {
  let found = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) {
    let before = at - 1;
    while (isSpace(text.charCodeAt(before))) before--;
    if (text.charCodeAt(before) === QUOTE) found++;
  }
  return found;
}

const [QUOTE, BACKSLASH, COLON] = [34, 92, 58];

/** White space of JSON. */
const isSpace = (code: number): boolean => code === 32 || code === 9 || code === 10 || code === 13;

function repeatedIn(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === "{" || sign === "[") depth++;
    else if (sign === "}" || sign === "]") depth--;
    if (sign !== '"') continue;
    const start = at;
    for (at++; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
    if (depth !== 1) continue;
    let behind = at + 1;
    while (isSpace(text.charCodeAt(behind))) behind++;
    if (text.charCodeAt(behind) !== COLON) continue;
    const key = JSON.parse(text.slice(start, at + 1)) as string;
    if (seen.has(key)) return key;
    seen.add(key);
  }
  return undefined;
}

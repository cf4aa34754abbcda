const SPACE = /[ \t\n\r]*/y;
const COMMA = /,/y;
const COLON = /:/y;
const OBJECT = [/\{/y, /\}/y] as const;
const ARRAY = [/\[/y, /\]/y] as const;
const LITERAL = /true|false|null/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// Every character from the space on but quote and backslash; and the escapes.
const STRING = /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

/**
 * Offset of the first character that a JSON text (RFC 8259) cannot have, or null for a whole one. `JSON.parse` names
 * no place for short texts and for those that end too early. A string that never ends counts from its quote.
 */
export function firstIllegal(text: string): number | null {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const token = (pattern: RegExp): boolean => take(SPACE) && take(pattern);
  const members = (close: RegExp, member: () => boolean): boolean => {
    if (token(close)) return true;
    do if (!member()) return false;
    while (token(COMMA));
    return token(close);
  };
  const property = (): boolean => token(STRING) && token(COLON) && value();
  const value = (): boolean => {
    if (token(OBJECT[0])) return members(OBJECT[1], property);
    if (token(ARRAY[0])) return members(ARRAY[1], value);
    return token(STRING) || token(NUMBER) || token(LITERAL);
  };
  const whole = value();
  take(SPACE);
  return whole && at === text.length ? null : at;
}

/** Line and column, from 1, of an offset in a text. */
export function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

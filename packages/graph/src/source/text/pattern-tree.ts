/** A pattern: one sign of a set, parts in a row, the first of several that fits, or a part again and again. */
export type PatternTree =
  | { readonly form: "sign"; readonly part: string }
  | { readonly form: "row" | "either"; readonly parts: readonly PatternTree[] }
  | { readonly form: "repeat"; readonly part: PatternTree; readonly least: number; readonly most: number };

/** As often as a part may be repeated by number. */
const REPEATS = 64;

class Refused extends Error {}

/** The tree of a regular expression (flag u), or what it has that is not read. */
export function patternTree(source: string): PatternTree | { readonly unsupported: string } {
  let at = 0;
  const rest = (): string => source.slice(at);
  const refuse = (what: string): never => {
    throw new Refused(`its pattern has ${what}`);
  };
  const take = (expression: RegExp): string | undefined => {
    const found = expression.exec(rest())?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };

  const either = (): PatternTree => {
    const parts = [row()];
    while (take(/^\|/) !== undefined) parts.push(row());
    return parts.length === 1 ? parts[0]! : { form: "either", parts };
  };
  const row = (): PatternTree => {
    const parts: PatternTree[] = [];
    while (at < source.length && !/^[|)]/.test(rest())) parts.push(repeated(one()));
    return { form: "row", parts };
  };
  const one = (): PatternTree => {
    if (take(/^\(\?:/) !== undefined) {
      const inner = either();
      take(/^\)/);
      return inner;
    }
    if (source.startsWith("(", at)) return refuse("a group that captures, or looks around");
    if (/^[\^$]|^\\[bB]/.test(rest())) return refuse("an anchor");
    if (/^\\[1-9k]/.test(rest())) return refuse("a reference back");
    // A class ends at its first bracket that is not escaped: the flag u knows none inside of it.
    const part = take(
      /^(\[(\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[0-9a-fA-F]{4}|\\x..|\\c.|\\.|.)/su,
    );
    return { form: "sign", part: part! };
  };
  const repeated = (part: PatternTree): PatternTree => {
    const sign = take(/^(?:[*+?]|\{\d+(?:,\d*)?\})/);
    if (sign === undefined) return part;
    if (source.startsWith("?", at)) return refuse("a part that takes as little as it can");
    const counted = /^\{(\d+)(,?)(\d*)\}$/.exec(sign);
    const least = counted ? Number(counted[1]) : sign === "+" ? 1 : 0;
    const most = counted
      ? counted[2] === ""
        ? least
        : counted[3] === ""
          ? Infinity
          : Number(counted[3])
      : sign === "?"
        ? 1
        : Infinity;
    if (least > REPEATS || (most !== Infinity && most > REPEATS))
      return refuse(`a part that is repeated more than ${REPEATS} times by number`);
    return { form: "repeat", part, least, most };
  };
  try {
    void new RegExp(source, "gu");
    return either();
  } catch (error) {
    if (error instanceof Refused) return { unsupported: error.message };
    if (error instanceof SyntaxError) return { unsupported: "its pattern is none of ECMAScript" };
    throw error;
  }
}

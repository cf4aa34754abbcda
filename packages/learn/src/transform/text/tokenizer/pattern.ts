import { unsupportedPart } from "./json-part.ts";

/** What Unicode calls white space; JavaScript's own class differs by U+0085 and U+FEFF. */
const SPACE = "\\p{White_Space}";
/** Word characters as Oniguruma has them in UTF-8. */
const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
/** The same outside brackets, where Oniguruma has superscripts and fractions of Latin-1 among them, too. */
const BOUND = `${WORD}\\u00b2\\u00b3\\u00b9\\u00bc-\\u00be`;
/** Escapes that stand for a class: its members, to be put between brackets. */
const CLASSES: Readonly<Record<string, string>> = { s: SPACE, d: "\\p{Nd}", w: WORD, h: "0-9a-fA-F" };
const CONTROLS = "nrtfv";
const SYNTAX = new Set("^$\\.*+?()[]{}|/-");

/** A quantifier in braces: its text, how many characters it took. */
const BRACES = /^\{(\d*)(,?)(\d*)\}/;

/**
 * A regular expression of Oniguruma (Ruby's syntax), in which tokenizer files are written, as one of JavaScript.
 * Possessive quantifiers and atomic groups become a look-ahead and a reference to what it saw.
 *
 * @throws MODEL_UNSUPPORTED naming the construct that has no counterpart.
 */
export function readPattern(where: string, source: string): RegExp {
  const refuse = (what: string) => unsupportedPart(where, "a pattern that JavaScript has, too", what);
  let atomics = 0;
  let closing = 0;
  const open: { readonly at: number; readonly atomic: boolean }[] = [];
  let out = "";
  /** Where the last atom of `out` begins; -1 where none can be repeated. */
  let atom = -1;
  const push = (text: string) => {
    atom = out.length;
    out += text;
  };
  const atomic = (from: number, inner: string) => {
    atomics++;
    out = `${out.slice(0, from)}(?:(?=(?<a${atomics}>${inner}))\\k<a${atomics}>)`;
    atom = from;
  };

  for (let at = 0; at < source.length;) {
    const sign = String.fromCodePoint(source.codePointAt(at)!);
    if (sign === "\\") {
      const { text, length } = readEscape(source, at, false, refuse);
      push(text);
      at += length;
    } else if (sign === "[") {
      const { text, length } = readClass(source, at, refuse);
      push(text);
      at += length;
    } else if (sign === "(") {
      const head = /^\((?:\?(?:[:=!>]|<[=!]|[imx]*(?:-[imx]+)?[:)]|<[A-Za-z_]\w*>))?/.exec(
        source.slice(at),
      )?.[0];
      if (head === undefined || source.startsWith("(?", at) !== head.length > 1)
        throw refuse(source.slice(at, at + 4));
      if (/[mx]/.test(head) && !head.includes("<")) throw refuse(head);
      if (head.endsWith(")")) {
        // Flags to the end of the group around them.
        if (open.length > 0) throw refuse(head);
        out += `${head.slice(0, -1)}:`;
        closing++;
        atom = -1;
      } else {
        open.push({ at: out.length, atomic: head === "(?>" });
        out += head === "(?>" ? "" : head;
        atom = -1;
      }
      at += head.length;
    } else if (sign === ")") {
      const group = open.pop();
      if (group === undefined) throw refuse(")");
      if (group.atomic) atomic(group.at, out.slice(group.at));
      else {
        out += ")";
        atom = group.at;
      }
      at++;
    } else if (
      sign === "*" ||
      sign === "+" ||
      sign === "?" ||
      (sign === "{" && BRACES.test(source.slice(at)))
    ) {
      if (atom < 0) throw refuse(`"${sign}" behind nothing`);
      const braces = sign === "{" ? BRACES.exec(source.slice(at))! : undefined;
      let quantifier = sign;
      if (braces !== undefined) {
        const [, least, comma, most] = braces as unknown as [string, string, string, string];
        if (least === "" && most === "") throw refuse(braces[0]);
        quantifier = comma === "" ? `{${least}}` : `{${least || "0"},${most}}`;
      }
      at += braces?.[0].length ?? 1;
      if (source[at] === "+" && braces === undefined) {
        const inner = out.slice(atom) + quantifier;
        atomic(atom, inner);
        at++;
      } else if (source[at] === "+") {
        out = `${out.slice(0, atom)}(?:${out.slice(atom)}${quantifier})`;
      } else {
        out += quantifier;
        if (source[at] === "?") {
          out += "?";
          at++;
        }
        out = `${out.slice(0, atom)}(?:${out.slice(atom)})`;
      }
    } else {
      if (sign === "^") push("(?<=\\n|^)");
      else if (sign === "$") push("(?=\\n|$)");
      else if (sign === ".") push("[^\\n]");
      else if (sign === "|") {
        out += "|";
        atom = -1;
      } else push(SYNTAX.has(sign) ? `\\${sign}` : sign);
      at += sign.length;
    }
  }
  if (open.length > 0) throw refuse("a group without an end");
  try {
    return new RegExp(out + ")".repeat(closing), "gu");
  } catch (cause) {
    throw refuse(`${source}: ${String(cause)}`);
  }
}

type Refuse = (what: string) => Error;

function readEscape(
  source: string,
  at: number,
  inClass: boolean,
  refuse: Refuse,
): { readonly text: string; readonly length: number } {
  const sign = source.slice(at + 1, at + 2);
  if (sign === "") throw refuse("a lone backslash");
  const letter = sign.toLowerCase();
  const members = letter === "w" && !inClass ? BOUND : CLASSES[letter];
  if (members !== undefined && sign === sign.toLowerCase())
    return { text: inClass ? members : `[${members}]`, length: 2 };
  if (members !== undefined) {
    if (inClass) {
      if (sign === "S") return { text: "\\P{White_Space}", length: 2 };
      if (sign === "D") return { text: "\\P{Nd}", length: 2 };
      throw refuse(`\\${sign} in a class`);
    }
    return { text: `[^${members}]`, length: 2 };
  }
  if (sign === "p" || sign === "P") {
    const found = /^\\[pP]\{(\^?)([\w ]+)\}/.exec(source.slice(at));
    if (found === null) throw refuse(source.slice(at, at + 8));
    const [whole, not, name] = found as unknown as [string, string, string];
    return { text: property((sign === "P") !== (not === "^"), name, refuse), length: whole.length };
  }
  const code = /^\\(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4}))/.exec(source.slice(at));
  if (code !== null) return { text: `\\u{${code[1] ?? code[2] ?? code[3]}}`, length: code[0].length };
  if (CONTROLS.includes(sign)) return { text: `\\${sign}`, length: 2 };
  if (!inClass && sign === "A") return { text: "^", length: 2 };
  if (!inClass && sign === "z") return { text: "$", length: 2 };
  if (!inClass && sign === "Z") return { text: "(?=\\n?$)", length: 2 };
  if (!inClass && sign === "b")
    return { text: `(?:(?<=[${BOUND}])(?![${BOUND}])|(?<![${BOUND}])(?=[${BOUND}]))`, length: 2 };
  if (/[A-Za-z0-9]/.test(sign)) throw refuse(`\\${sign}`);
  return { text: SYNTAX.has(sign) ? `\\${sign}` : sign, length: 2 };
}

function property(negated: boolean, name: string, refuse: Refuse): string {
  const letter = negated ? "P" : "p";
  const plain = name.replaceAll(" ", "_");
  for (const candidate of [plain, `Script=${plain}`]) {
    try {
      void new RegExp(`\\p{${candidate}}`, "u");
      return `\\${letter}{${candidate}}`;
    } catch {
      // Not a property of that name.
    }
  }
  throw refuse(`\\p{${name}}`);
}

function readClass(
  source: string,
  at: number,
  refuse: Refuse,
): { readonly text: string; readonly length: number } {
  let text = "[";
  let here = at + 1;
  if (source[here] === "^") {
    text += "^";
    here++;
  }
  for (let first = true; ; first = false) {
    if (here >= source.length) throw refuse("a class without an end");
    const sign = String.fromCodePoint(source.codePointAt(here)!);
    if (sign === "]" && !first) return { text: `${text}]`, length: here + 1 - at };
    if (sign === "[" || source.startsWith("&&", here)) throw refuse(source.slice(here, here + 2));
    if (sign === "\\") {
      const escaped = readEscape(source, here, true, refuse);
      text += escaped.text;
      here += escaped.length;
    } else {
      const range = sign === "-" && !first && source[here + 1] !== "]";
      text += SYNTAX.has(sign) && !range ? `\\${sign}` : sign;
      here += sign.length;
    }
  }
}

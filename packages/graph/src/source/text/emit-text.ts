import { load, local, loops, placeOf, store, type EmitCall } from "../emitter.ts";
import { apply, ask, number, select } from "../expression.ts";
import type { Cell, Expression, Place, Statement, Step } from "../program.ts";
import { caseTable, lowerTable } from "./lower-table.ts";
import type { TextChain } from "./text-chain.ts";

type Own = Pick<EmitCall, "constant" | "work">;

const long = (value: number): Expression => number(value, "long");
const of = (name: string): Expression => local(name, "long");
const at = (place: Expression): Place => ({ base: 0, terms: [], free: place });
const plus = (a: Expression, b: Expression): Expression => apply("add", a, b);
const times = (a: Expression, b: Expression): Expression => apply("mul", a, b);
const rest = (a: Expression, b: number): Expression => apply("remainder", a, long(b));
const same = (a: Expression, b: Expression): Expression => ask("equal", a, b);
const below = (a: Expression, b: Expression): Expression => ask("less", a, b);
const from0 = (a: Expression): Expression => ask("greaterOrEqual", a, long(0));
const both = (a: Expression, b: Expression): Expression => ask("and", a, b);

const begin = (name: string, value: Expression): Statement => ({ form: "let", name, value });
const set = (name: string, value: Expression): Statement => ({ form: "set", name, value });
const when = (test: Expression, ...body: readonly Statement[]): Statement => ({ form: "if", test, body });
const during = (test: Expression, ...body: readonly Statement[]): Statement => ({
  form: "while",
  test,
  body,
});
const more = (name: string): Statement => set(name, plus(of(name), long(1)));

/** Above every code point: fills tables up. */
const NONE = 0x7fffffff;

/** Sets a new variable to the last range that begins at a sign or before it, by steps that halve. */
function search(
  own: Own,
  starts: readonly number[],
): (sign: Expression, name: string) => readonly Statement[] {
  const steps = Math.ceil(Math.log2(Math.max(2, starts.length)));
  const filled = own.constant("long", [
    ...starts,
    ...Array.from({ length: 2 ** steps - starts.length }, () => NONE),
  ]);
  const jumps = own.constant(
    "long",
    Array.from({ length: steps }, (_, step) => 2 ** (steps - 1 - step)),
  );
  return (sign, name) => [
    begin(name, long(0)),
    ...loops(
      [steps],
      (index) => {
        const next = plus(of(name), load(jumps, placeOf(index, [steps])));
        const isThere = ask("lessOrEqual", load(filled, at(next)), sign);
        return [set(name, select(isThere, next, of(name)))];
      },
      "s",
    ),
  ];
}

/** Small letters in place. A capital sigma that ends a word becomes the final one. */
function lowerCase(signs: Cell, own: Own): readonly Statement[] {
  const length: Expression = { form: "length", kind: "long", of: signs };
  const [table, cases] = [lowerTable(), caseTable()];
  const [inLower, inCases] = [search(own, table.starts), search(own, cases.starts)];
  const starts = own.constant("long", table.starts);
  const deltas = own.constant("long", table.deltas);
  const steps = own.constant("long", table.steps);
  const kinds = own.constant("long", cases.kinds);
  /** The kind of the nearest sign on one side that is not passed over. */
  const beside = (name: string, near: string, by: 1 | -1): readonly Statement[] => [
    begin(name, long(2)),
    begin(near, plus(of("at"), long(by))),
    during(
      both(same(of(name), long(2)), both(from0(of(near)), below(of(near), length))),
      ...inCases(load(signs, at(of(near))), `${name}Range`),
      set(name, load(kinds, at(of(`${name}Range`)))),
      set(near, plus(of(near), long(by))),
    ),
  ];
  const isFinal = both(same(of("before"), long(1)), ask("not", same(of("after"), long(1))));
  const off = apply("sub", of("sign"), load(starts, at(of("range"))));
  const isMoved = apply("sub", long(1), apply("remainder", off, load(steps, at(of("range")))));
  return [
    begin("at", long(0)),
    during(
      below(of("at"), length),
      begin("sign", load(signs, at(of("at")))),
      ...inLower(of("sign"), "range"),
      begin("small", plus(of("sign"), times(load(deltas, at(of("range"))), isMoved))),
      when(
        same(of("sign"), long(0x3a3)),
        ...beside("before", "back", -1),
        ...beside("after", "ahead", 1),
        set("small", select(isFinal, long(0x3c2), of("small"))),
      ),
      store(signs, at(of("at")), of("small")),
      more("at"),
    ),
  ];
}

/** A prime below 2^26: what a hash is before its rest is taken stays whole in a float64. */
const PRIME = 67_108_859;
const FACTOR = 31;

/** Slots of a table by hashes: at most half are taken. */
function slotsOf(hashes: readonly number[]): readonly number[] {
  const slots: number[] = Array.from({ length: 2 * hashes.length + 1 }, () => -1);
  for (const [entry, hash] of hashes.entries()) {
    let slot = hash % slots.length;
    while (slots[slot] !== -1) slot = (slot + 1) % slots.length;
    slots[slot] = entry;
  }
  return slots;
}

/** Sets `symbol` to the place of the word from `at` to `end`, or -1. */
function findWord(signs: Cell, words: readonly string[], own: Own): readonly Statement[] {
  const letters = words.map((word) => Array.from(word, (sign) => sign.codePointAt(0)!));
  const hashes = letters.map((list) => list.reduce((hash, sign) => (hash * FACTOR + sign) % PRIME, 0));
  const slotList = slotsOf(hashes);
  const slots = own.constant("long", slotList);
  const pool = own.constant("long", letters.length === 0 ? [0] : letters.flat());
  let end = 0;
  const bounds = own.constant("long", [0, ...letters.map((list) => (end += list.length))]);
  const start = load(bounds, at(of("word")));
  const size = apply("sub", load(bounds, at(plus(of("word"), long(1)))), start);
  const own0 = apply("sub", of("end"), of("at"));
  const differs = ask(
    "not",
    same(load(pool, at(plus(of("first"), of("letter")))), load(signs, at(plus(of("at"), of("letter"))))),
  );
  return [
    begin("hash", long(0)),
    begin("along", of("at")),
    during(
      below(of("along"), of("end")),
      set("hash", rest(plus(times(of("hash"), long(FACTOR)), load(signs, at(of("along")))), PRIME)),
      more("along"),
    ),
    begin("slot", rest(of("hash"), slotList.length)),
    begin("word", load(slots, at(of("slot")))),
    begin("symbol", long(-1)),
    during(
      from0(of("word")),
      begin("first", start),
      begin("isSame", select(same(size, own0), long(1), long(0))),
      begin("letter", long(0)),
      during(
        both(same(of("isSame"), long(1)), below(of("letter"), own0)),
        when(differs, set("isSame", long(0))),
        more("letter"),
      ),
      when(same(of("isSame"), long(1)), set("symbol", of("word"))),
      set("slot", rest(plus(of("slot"), long(1)), slotList.length)),
      set("word", select(same(of("isSame"), long(1)), long(-1), load(slots, at(of("slot"))))),
    ),
  ];
}

/** Sequences of words, each a shorter one and a last word; -1 is the empty one, which nothing follows for -2. */
function gramsOf({ terms }: TextChain) {
  const places = new Map<string, number>();
  const [parents, symbols, columns]: [number[], number[], number[]] = [[], [], []];
  for (const { words, column } of terms) {
    let gram = -1;
    for (const word of words) {
      const key = `${gram} ${word}`;
      const next = places.get(key) ?? parents.length;
      if (next === parents.length) {
        places.set(key, next);
        parents.push(gram);
        symbols.push(word);
        columns.push(-1);
      }
      gram = next;
    }
    columns[gram] = column;
  }
  return { parents, symbols, columns };
}

/** Counts the terms that end with the word `symbol`. */
function countGrams(chain: TextChain, counts: Cell, open: Cell, own: Own): readonly Statement[] {
  const longest = open.size - 1;
  const { parents, symbols, columns } = gramsOf(chain);
  const count = (column: Expression): Statement =>
    store(counts, at(column), apply("add", load(counts, at(column)), number(1, "float")));
  if (longest === 1) {
    const columnOf = own.constant(
      "long",
      chain.words.map((_, word) => columns[symbols.indexOf(word)] ?? -1),
    );
    return [
      when(
        from0(of("symbol")),
        begin("column", load(columnOf, at(of("symbol")))),
        when(from0(of("column")), count(of("column"))),
      ),
    ];
  }
  const factor = chain.words.length + 1;
  const slotList = slotsOf(parents.map((parent, gram) => (parent + 1) * factor + symbols[gram]!));
  const [slots, parentOf, symbolOf, columnOf] = [slotList, parents, symbols, columns].map((list) =>
    own.constant("long", list),
  );
  const key = plus(times(plus(of("parent"), long(1)), long(factor)), of("symbol"));
  const fits = both(
    same(load(parentOf!, at(of("gram"))), of("parent")),
    same(load(symbolOf!, at(of("gram"))), of("symbol")),
  );
  return loops(
    [longest],
    ([g]) => {
      const terms = [{ loop: g!, stride: -1 }];
      return [
        begin("parent", load(open, { base: longest - 1, terms })),
        begin("hit", long(-2)),
        when(
          both(from0(of("symbol")), ask("greater", of("parent"), long(-2))),
          begin("gramSlot", rest(key, slotList.length)),
          begin("gram", load(slots!, at(of("gramSlot")))),
          during(
            from0(of("gram")),
            when(fits, set("hit", of("gram"))),
            set("gramSlot", rest(plus(of("gramSlot"), long(1)), slotList.length)),
            set("gram", select(from0(of("hit")), long(-1), load(slots!, at(of("gramSlot"))))),
          ),
        ),
        store(open, { base: longest, terms }, of("hit")),
        when(
          from0(of("hit")),
          begin("column", load(columnOf!, at(of("hit")))),
          when(from0(of("column")), count(of("column"))),
        ),
      ];
    },
    "g",
  );
}

/** Counts terms in signs whose letters are small: words from left to right, each as long as its pattern goes. */
function countTerms(chain: TextChain, signs: Cell, counts: Cell, own: Own): readonly Statement[] {
  const length: Expression = { form: "length", kind: "long", of: signs };
  const { table, words } = chain;
  const inClasses = search(own, table.starts);
  const [classes, next, ends] = [table.classes, table.next, table.ends].map((list) =>
    own.constant("long", list),
  );
  const to = plus(times(of("state"), long(table.classCount)), load(classes!, at(of("range"))));
  const longest = chain.terms.reduce((most, term) => Math.max(most, term.words.length), 1);
  // Sequences that end with the last word, by their length; of length 0 it is always the empty one.
  const open = own.work("long", longest + 1);
  return [
    ...loops([chain.width], (index) => [store(counts, placeOf(index, [chain.width]), number(0, "float"))]),
    store(open, { base: 0, terms: [] }, long(-1)),
    ...loops([longest], (index) => [
      store(open, { base: 1, terms: placeOf(index, [longest]).terms }, long(-2)),
    ]),
    begin("at", long(0)),
    during(
      below(of("at"), length),
      begin("state", long(0)),
      begin("end", long(-1)),
      begin("ahead", of("at")),
      during(
        both(from0(of("state")), below(of("ahead"), length)),
        ...inClasses(load(signs, at(of("ahead"))), "range"),
        set("state", load(next!, at(to))),
        more("ahead"),
        when(from0(of("state")), when(same(load(ends!, at(of("state"))), long(1)), set("end", of("ahead")))),
      ),
      when(from0(of("end")), ...findWord(signs, words, own), ...countGrams(chain, counts, open, own)),
      set("at", select(from0(of("end")), of("end"), plus(of("at"), long(1)))),
    ),
  ];
}

/** The steps from the signs of a text to its counts. */
export function textSteps(chain: TextChain, signs: Cell, counts: Cell, own: Own): readonly Step[] {
  const lower = { note: `small letters of ${plain(chain.input)}`, body: () => lowerCase(signs, own) };
  const count = { note: `terms of ${plain(chain.input)}`, body: () => countTerms(chain, signs, counts, own) };
  return [...(chain.lowercase ? [lower] : []), count].map(({ note, body }) => ({ note, body: body() }));
}

/** A name as a comment may show it. */
const plain = (name: string): string => name.replaceAll(/[^\w ().,-]/g, "?");

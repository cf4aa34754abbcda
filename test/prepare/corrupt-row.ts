import { seededRandom } from "@tideline/learn";

/** A row of sales as fields of a line. */
export type Fields = readonly string[];

/** What is done to a row, and the reason that its quarantine must give. */
export interface Corruption {
  readonly name: string;
  readonly spoil: (fields: Fields, other: Fields) => string;
  /** Whole reason of a check, or a pattern of what the reader says. */
  readonly reason: RegExp;
}

const put = (fields: Fields, at: number, text: string) =>
  fields.map((one, place) => (place === at ? text : one)).join(",");

/** Columns: id, shop, price, units, sold (time), mail. */
export const CORRUPTIONS: readonly Corruption[] = [
  { name: "a word for a number", spoil: (f) => put(f, 2, "lots"), reason: /"price"/u },
  { name: "a fraction for a whole number", spoil: (f) => put(f, 3, "1.5"), reason: /"units"/u },
  { name: "no time", spoil: (f) => put(f, 4, "yesterday"), reason: /"sold"/u },
  { name: "a field too few", spoil: (f) => f.slice(0, 5).join(","), reason: /./u },
  { name: "a field too many", spoil: (f) => `${f.join(",")},more`, reason: /./u },
  { name: "a price out of range", spoil: (f) => put(f, 2, "-7.5"), reason: /^price: range$/u },
  {
    name: "a price of infinity",
    spoil: (f) => put(f, 2, "Infinity"),
    reason: /^price: range; price: finite$/u,
  },
  { name: "a strange shop", spoil: (f) => put(f, 1, "Atlantis"), reason: /^shop: oneOf$/u },
  { name: "no shop", spoil: (f) => put(f, 1, ""), reason: /^shop: notMissing$/u },
  { name: "no mail address", spoil: (f) => put(f, 5, "not an address"), reason: /^mail: pattern$/u },
  { name: "an id twice", spoil: (f, other) => put(f, 0, other[0]!), reason: /^id: unique$/u },
  {
    name: "two faults",
    spoil: (f) => put(f, 1, "Atlantis").replace(/,[^,]*$/u, ",x"),
    reason: /^shop: oneOf; mail: pattern$/u,
  },
];

const SHOPS = ["Bonn", "Ulm", "Köln", "東京"];

/** A table of sales, a hundredth of whose rows is spoilt, and what should come through. */
export function corruptedSales(rows: number, seed: number) {
  const { integer, uniform } = seededRandom(seed);
  const all = Array.from({ length: rows }, (_, row): Fields => [
    String(row + 1),
    SHOPS[integer(SHOPS.length)]!,
    integer(20) === 0 ? "" : (uniform() * 500).toFixed(2),
    String(1 + integer(9)),
    new Date(1.7e12 + row * 60_000).toISOString(),
    `p${integer(500)}@example.org`,
  ]);
  const spoilt = new Map<number, Corruption>();
  // Not the first row: an id twice needs one before it that is whole.
  while (spoilt.size < rows / 100) {
    const row = 1 + integer(rows - 1);
    if (!spoilt.has(row)) spoilt.set(row, CORRUPTIONS[spoilt.size % CORRUPTIONS.length]!);
  }
  const head = "id,shop,price,units,sold,mail";
  const lines = all.map((fields, row) => spoilt.get(row)?.spoil(fields, all[0]!) ?? fields.join(","));
  const whole = all.filter((_, row) => !spoilt.has(row)).map((fields) => fields.join(","));
  return {
    spoilt,
    lines,
    text: [head, ...lines, ""].join("\n"),
    clean: [head, ...whole, ""].join("\n"),
  };
}

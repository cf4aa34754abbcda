import { checkFrame, checks, notMissing, pattern, profileSource, type Profile } from "@tideline/learn/check";
import { frameOf, sourceOf, type PlainColumn } from "@tideline/learn/frame";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { profilePage } from "./profile-page.ts";
import { qualityPage } from "./quality-page.ts";
import { shownText } from "./shown-text.ts";

const profileOf = (columns: Readonly<Record<string, PlainColumn>>, label?: string): Promise<Profile> =>
  profileSource(sourceOf(frameOf(columns)), { now: 0, ...(label === undefined ? {} : { label }) });
const page = (profile: Profile, what = "a.csv") => profilePage(profile, { what, at: 0 });

/** Every tag of a page with its attributes; anything else that begins with `<` is a fault. */
const TAG =
  /^<\/?(?:html|head|meta|title|style|body|a|nav|ul|li|main|h[123]|dl|dt|dd|div|small|p|section|bdi|span|strong|figure|figcaption|details|summary|table|caption|thead|tbody|tr|th|td|footer|header|svg|g|rect|path|text)(?: (?:lang|charset|http-equiv|content|name|class|id|href|aria-label|aria-labelledby|role|tabindex|scope|viewBox|width|height|x|y|d|transform|text-anchor|fill-opacity)="[^"<>]*")*\/?>/u;

function needHarmless(html: string): void {
  const own = html.replace(/<style>[^<]*<\/style>/u, "").replace("<!doctype html>", "");
  for (let at = own.indexOf("<"); at >= 0; at = own.indexOf("<", at + 1))
    if (!TAG.test(own.slice(at, at + 1000))) throw new Error(own.slice(at, at + 80));
  for (const [, href] of own.matchAll(/ href="([^"]*)"/gu)) expect(href).toMatch(/^#(?:[a-z]+|c\d+)$/u);
  expect(own.replaceAll(/[\t\n]/gu, "")).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u);
}

const HOSTILE = [
  `"><script>alert(1)</script>`,
  `</style></title><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  "&lt;b&gt;&#x3c;",
  "javascript:alert(1)",
  "<!--",
  "]]>",
  "\u0000\u202e\ud800\u2028\ufeff",
  "__proto__",
  "constructor",
  `e${"\u0301".repeat(300)}`,
];
const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: "binary", maxLength: 30 }));

test("names, values, labels and paths are shown and never obeyed", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(text, { minLength: 1, maxLength: 4 }),
      fc.array(text, { minLength: 1, maxLength: 12 }),
      text,
      async (names, values, what) => {
        const given = names.filter((name) => name !== "" && name !== "__proto__");
        fc.pre(given.length > 0);
        const columns = Object.fromEntries(given.map((name) => [name, values]));
        const html = page(await profileOf({ ...columns, n: values.map((_, at) => at) }, given[0]), what);
        needHarmless(html);
        for (const name of given)
          expect(html.includes(`<bdi>${escaped(shownText(name))}</bdi></h3>`), name).toBe(true);
        const set = checks({
          columns: { [given[0]!]: [pattern(/^never$/u), notMissing({ severity: "warn" })] },
        });
        needHarmless(
          qualityPage(checkFrame(set, frameOf(columns), { details: true }).report, { what, at: 0 }),
        );
      },
    ),
    { numRuns: 60 },
  );
});

const escaped = (value: string) =>
  value
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replaceAll("`", "&#96;");

test("tables without rows, columns or values, and numbers of any size, make a page", async () => {
  const extremes = [5e-324, Number.MAX_VALUE, -Number.MAX_VALUE, 0, -0, 2 ** 53, Infinity, Number.NaN];
  const times = [8.64e15, -8.64e15, 0].map((ms) => new Date(ms));
  for (const columns of [
    {},
    { a: new Float64Array(), b: [] as string[] },
    { a: [null, null], b: [7, 7], c: extremes.slice(0, 2) },
    { a: extremes, b: extremes.map((v) => v / 2) },
    { a: times, b: [true, false, null] },
    {
      a: Array.from({ length: 300 }, (_, at) => new Date(1.7e12 + at / 10)),
      b: Array.from({ length: 300 }, (_, at) => 1e15 + at / 4),
    },
  ] as Readonly<Record<string, PlainColumn>>[]) {
    const html = page(await profileOf(columns));
    needHarmless(html);
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object|e\+\d|="-?\d+\.\d{3,}/u);
  }
});

test("what is suspicious comes first, the gravest before the others, each with its column", async () => {
  const n = 200;
  const of = <T>(make: (row: number) => T) => Array.from({ length: n }, (_, row) => make(row));
  const profile = await profileOf(
    {
      told: of((row) => (row % 4 ? "a" : "b")),
      one: of(() => 1),
      x: of((row) => (row * 37) % 101),
      label: of((row) => row % 4 === 0),
    },
    "label",
  );
  const html = page(profile);
  const body = html.slice(html.indexOf("<h1>"));
  const order = [
    "May leak the label",
    "One value only",
    "What goes with the label",
    "All columns",
    "Column by column",
  ];
  const places = order.map((part) => body.indexOf(`>${part}`));
  expect(places.every((place, at) => place > (places[at - 1] ?? 0))).toBe(true);
  expect(html).toContain('<a href="#c0"><bdi>told</bdi></a>: <bdi>tells the label by itself');
  expect(html).toMatch(/<text class="strong" x="0" y="11">told \(V\)<\/text>[^]*>1\.00<\/text>/u);
});

test("figures of a column stand in its picture, its table and its list", async () => {
  const html = page(await profileOf({ steps: [1, 1, 2, 4, null], city: ["Ulm", "Ulm", "Bonn", "", "Ulm"] }));
  expect(html).toMatch(/<title>1: 2<\/title>[^]*<title>2: 1<\/title>[^]*<title>4: 1<\/title>/u);
  expect(html).toContain('<th scope="row">1</th><td>2</td>');
  expect(html).toContain("<dt>Missing</dt><dd>1 (20.0 %)</dd>");
  expect(html).toMatch(
    /<bdi>Ulm<\/bdi><\/th><td class="number">3<[^]*<bdi>&quot;&quot;<\/bdi><\/th><td class="number">1</u,
  );
});

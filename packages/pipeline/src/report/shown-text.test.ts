import { expect, test } from "vitest";
import { escapeText, markup } from "./markup.ts";
import { shownText } from "./shown-text.ts";

test("what cannot be seen is written, what scripts and emoji need stays", () => {
  expect(shownText("a\u202eb\u200bc\u00a0d\n")).toBe("a\\u{202e}b\\u{200b}c\\u{a0}d\\u{a}");
  expect(shownText(" Bonn  ")).toBe("␠Bonn␠␠");
  expect([shownText(""), shownText(" ")]).toEqual(['""', "␠"]);
  expect(shownText("👩‍🚀 👍🏽 نامه‌ای क्‍ष")).toBe("👩‍🚀 👍🏽 نامه‌ای क्‍ष");
  expect(shownText("a\u200db")).toBe("a\\u{200d}b");
  expect(shownText("\ud800x")).toBe("\\u{d800}x");
  expect(shownText(`e${"\u0301".repeat(50)}`)).toBe(`e${"\u0301".repeat(4)}…`);
});

test("what is long is cut, at characters, and costs no more for a book", () => {
  expect(shownText("😀".repeat(100), 10)).toBe(`${"😀".repeat(9)}…`);
  expect(shownText("abcdefghij", 10)).toBe("abcdefghij");
  expect(shownText("a".repeat(50_000_000), 10)).toBe("aaaaaaaaa…");
});

test("everything put into markup is escaped, lists and markup are not, and no object passes for it", () => {
  const name = `<img src=x onerror="a('b')">&\`\u0000`;
  const text = "&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;&amp;&#96;\ufffd";
  expect(escapeText(name)).toBe(text);
  expect(markup`<p title="${name}">${[markup`${name}`, null]}${1}</p>`.html).toBe(
    `<p title="${text}">${text}1</p>`,
  );
  expect(markup`${{ html: "<b>" } as never}`.html).toBe("[object Object]");
});

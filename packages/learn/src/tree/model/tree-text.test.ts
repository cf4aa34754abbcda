import { describe, expect, test } from "vitest";
import { seededRandom } from "../../random.ts";
import type { Tree, TreeFeature } from "../tree-ensemble.ts";
import { chainTree } from "./testing/chain-tree.ts";
import { categories, numbers, randomEnsemble } from "./testing/random-ensemble.ts";
import { treeSvg } from "./tree-svg.ts";
import { treeText } from "./tree-text.ts";

const { NaN: nan } = Number;
const features: TreeFeature[] = [
  { kind: "numeric", name: "speed" },
  { kind: "categorical", name: "city", categories: ["Köln", "Rom", "Oslo", 4] },
];
const tree: Tree = {
  feature: Int32Array.of(0, -1, 1, -1, 0, -1, -1),
  threshold: Float64Array.of(0.123456789, nan, nan, nan, Infinity, nan, nan),
  left: Int32Array.of(1, -1, 3, -1, 5, -1, -1),
  right: Int32Array.of(2, -1, 4, -1, 6, -1, -1),
  missingLeft: Uint8Array.of(1, 0, 0, 0, 0, 0, 0),
  set: Int32Array.of(-1, -1, 0, -1, -1, -1, -1),
  sets: [Uint32Array.of(0b1101)],
  width: 1,
  value: Float64Array.of(0, -1, 0, 1 / 3, 0, 2, 3),
  count: Float64Array.of(9, 1, 8, 3, 5, 2, nan),
  weight: new Float64Array(7),
  gain: new Float64Array(7),
};

describe("treeText", () => {
  test("tells every node, yes first", () => {
    expect(treeText(tree, features)).toBe(
      `speed <= 0.12346 (missing: yes), 9 rows
├─ yes: -1, 1 row
└─ no: city not in {"Rom"} (missing: no), 8 rows
   ├─ yes: 0.33333, 3 rows
   └─ no: speed is known (missing: no), 5 rows
      ├─ yes: 2, 2 rows
      └─ no: 3
`,
    );
    expect(treeText(tree, features, { depth: 1 })).toContain("└─ no: ... 5 nodes, 8 rows\n");
  });

  test("keeps to a line a node, whatever names hold, however deep the tree", () => {
    const named = features.map((feature) => ({ ...feature, name: "a\nb\u2028" }));
    expect(treeText(tree, named).split("\n").length).toBe(8);
    const { trees } = randomEnsemble(seededRandom(1), {
      trees: 1,
      leaves: 3000,
      exact: true,
      features: numbers(2),
    });
    expect(treeText(trees[0]!, numbers(2)).split("\n").length).toBe(6000);
  });
});

describe("depth", () => {
  test("of a chain is told as far as one can read, and refused beyond what fits", () => {
    const deep = chainTree(20_000);
    expect(treeText(deep, numbers(1))).toContain("... 39801 nodes, 1 row\n");
    expect(() => treeText(deep, numbers(1), { depth: Infinity })).toThrow(/at most 67108864 characters/);
  });

  test.each([nan, -1, "x"])("%s is refused", (depth) => {
    const options = { depth: depth as number };
    expect(() => treeText(tree, features, options)).toThrow(/treeText: depth.*ARGUMENT_INVALID/);
    expect(() => treeSvg(tree, features, options)).toThrow(/treeSvg: depth.*ARGUMENT_INVALID/);
  });
});

describe("treeSvg", () => {
  test("draws every node down to a depth, once", () => {
    const svg = treeSvg(tree, features);
    expect(svg.match(/<rect[^>]*class="muted" fill-opacity="0.14"/g)?.length).toBe(3);
    expect(svg.match(/<rect[^>]*class="tide"/g)?.length).toBe(4);
    expect(svg.match(/ missing"/g)?.length).toBe(3);
    expect(treeSvg(tree, features, { depth: 1 }).match(/fill-opacity="0.05"/g)?.length).toBe(1);
  });

  test("takes names for text", () => {
    const named = features.map((feature) => ({ ...feature, name: `</text><script>"'&\u0001` }));
    const svg = treeSvg(tree, named, { title: "<b>" });
    expect(svg).not.toMatch(/<script|<b>/);
    expect(svg).not.toContain("\u0001");
    expect(svg).toContain("&lt;script&gt;");
  });

  test("boxes of a level do not lie on one another", () => {
    const all = [...numbers(3), categories("quite a long name of a column", 40)];
    const { trees } = randomEnsemble(seededRandom(3), { trees: 5, leaves: 40, exact: true, features: all });
    for (const one of trees) {
      const boxes = [
        ...treeSvg(one, all, { depth: 20 }).matchAll(
          /<g><title>[^<]*<.title><rect x="([\d.]+)" y="([\d.]+)" width="(\d+)"/g,
        ),
      ].map(([, x, y, width]) => ({ x: Number(x), y: Number(y), end: Number(x) + Number(width) }));
      expect(boxes.length).toBe(79);
      for (const box of boxes)
        for (const other of boxes)
          if (box !== other && box.y === other.y) expect(box.end <= other.x || other.end <= box.x).toBe(true);
    }
  });

  test("refuses what nobody could read", () => {
    const { trees } = randomEnsemble(seededRandom(1), {
      trees: 1,
      leaves: 9000,
      exact: true,
      features: numbers(2),
    });
    expect(() => treeSvg(trees[0]!, numbers(2), { depth: 100 })).toThrow(/4096 ends.*ARGUMENT_INVALID/);
  });
});

import { patternTree, type PatternTree } from "./pattern-tree.ts";
import { LAST_SIGN, signRanges } from "./sign-range.ts";

/** A pattern as a table: from a state by the class of a sign to the next state. */
export interface PatternTable {
  /** First code points of the ranges that share a class, from 0 on. */
  readonly starts: readonly number[];
  /** The class of each range. */
  readonly classes: readonly number[];
  readonly classCount: number;
  /** [states, classes]; -1 where nothing fits any more. State 0 is the first. */
  readonly next: readonly number[];
  /** [states], 1 where a word may end. */
  readonly ends: readonly number[];
}

/** States of a table at most. */
const STATES = 512;

type Node =
  | { readonly form: "sign"; readonly atom: number; readonly next: number }
  | { readonly form: "fork"; readonly to: readonly number[] }
  | { readonly form: "end" };

/** A pattern as a graph of states that several of are in at a time (K. Thompson, 1968), each fork by precedence. */
function nodesOf(
  tree: PatternTree,
  atoms: Map<string, number>,
): { readonly nodes: Node[]; readonly first: number } {
  const nodes: Node[] = [{ form: "end" }];
  const add = (node: Node): number => nodes.push(node) - 1;
  const build = (part: PatternTree, next: number): number => {
    switch (part.form) {
      case "sign": {
        const atom = atoms.get(part.part) ?? atoms.size;
        atoms.set(part.part, atom);
        return add({ form: "sign", atom, next });
      }
      case "row":
        return part.parts.reduceRight((after, one) => build(one, after), next);
      case "either":
        return add({ form: "fork", to: part.parts.map((one) => build(one, next)) });
      case "repeat": {
        let after = next;
        if (part.most === Infinity) {
          const fork = add({ form: "fork", to: [] });
          nodes[fork] = { form: "fork", to: [build(part.part, fork), next] };
          after = fork;
        } else
          for (let more = part.least; more < part.most; more++)
            after = add({ form: "fork", to: [build(part.part, after), next] });
        for (let count = 0; count < part.least; count++) after = build(part.part, after);
        return after;
      }
    }
  };
  const first = build(tree, 0);
  return { nodes, first };
}

/** Signs in classes that no part of the pattern divides. */
function classesOf(atoms: readonly string[]) {
  const sets = atoms.map((part) => signRanges(part));
  const edges = new Set([0]);
  for (const ranges of sets)
    for (const [from, to] of ranges) {
      edges.add(from);
      if (to < LAST_SIGN) edges.add(to + 1);
    }
  const numbers = new Map<string, number>();
  const members: (readonly boolean[])[] = [];
  const [starts, classes]: [number[], number[]] = [[], []];
  const at = sets.map(() => 0);
  for (const edge of [...edges].sort((a, b) => a - b)) {
    const member = sets.map((ranges, set) => {
      while (at[set]! < ranges.length && ranges[at[set]!]![1] < edge) at[set]!++;
      return at[set]! < ranges.length && ranges[at[set]!]![0] <= edge;
    });
    const key = member.map(Number).join("");
    const number = numbers.get(key) ?? numbers.size;
    if (number === numbers.size) {
      numbers.set(key, number);
      members.push(member);
    }
    if (classes.at(-1) === number) continue;
    starts.push(edge);
    classes.push(number);
  }
  return { starts, classes, members };
}

/**
 * The states in which a pattern can be, found from the first on (R. Cox, "Regular expression matching: the virtual machine
 * approach", 2009). With `first`, what comes after an end by precedence is dropped, as ECMAScript takes the first that fits.
 */
function statesOf(
  nodes: readonly Node[],
  first: number,
  members: readonly (readonly boolean[])[],
  isFirst: boolean,
) {
  const closed = (from: readonly number[]): readonly number[] => {
    const found = new Set<number>();
    const seen = new Set<number>();
    let isOver = false;
    const visit = (at: number): void => {
      if (isOver || seen.has(at)) return;
      seen.add(at);
      const node = nodes[at]!;
      if (node.form === "fork") node.to.forEach(visit);
      else found.add(at);
      if (node.form === "end" && isFirst) isOver = true;
    };
    from.forEach(visit);
    return [...found];
  };
  const places = new Map<string, number>();
  const lists: (readonly number[])[] = [];
  const placeOf = (list: readonly number[]): number => {
    if (list.length === 0) return -1;
    const key = list.join();
    const place = places.get(key) ?? lists.length;
    if (place === lists.length) {
      places.set(key, place);
      lists.push(list);
    }
    return place;
  };
  placeOf(closed([first]));
  const next: number[] = [];
  for (let state = 0; state < lists.length && lists.length <= STATES; state++)
    for (const member of members) {
      const reached = lists[state]!.flatMap((at) => {
        const node = nodes[at]!;
        return node.form === "sign" && member[node.atom] === true ? [node.next] : [];
      });
      next.push(placeOf(closed(reached)));
    }
  return { next, ends: lists.map((list) => Number(list.includes(0))) };
}

type States = ReturnType<typeof statesOf>;

/** Whether two tables end words at the same places, whatever comes. */
function isAlike(one: States, other: States, classes: number): boolean {
  const seen = new Set(["0,0"]);
  const open: (readonly [number, number])[] = [[0, 0]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    const [a, b] = pair;
    if ((one.ends[a] ?? 0) !== (other.ends[b] ?? 0)) return false;
    for (let sign = 0; sign < classes; sign++) {
      const to = [
        a < 0 ? -1 : one.next[a * classes + sign]!,
        b < 0 ? -1 : other.next[b * classes + sign]!,
      ] as const;
      if (seen.has(to.join())) continue;
      seen.add(to.join());
      open.push(to);
    }
  }
  return true;
}

/**
 * A pattern of words as a table, or why it is none. What a runtime of ONNX, which takes the longest word, would cut otherwise
 * than ECMAScript, which takes the first alternative that fits, is refused.
 */
export function patternTable(source: string): PatternTable | { readonly unsupported: string } {
  const tree = patternTree(source);
  if ("unsupported" in tree) return tree;
  const atoms = new Map<string, number>();
  const { nodes, first } = nodesOf(tree, atoms);
  const { starts, classes, members } = classesOf([...atoms.keys()]);
  const states = statesOf(nodes, first, members, true);
  const long = statesOf(nodes, first, members, false);
  if (Math.max(states.ends.length, long.ends.length) > STATES)
    return { unsupported: `its pattern needs more than ${STATES} states` };
  if (states.ends[0] !== 0) return { unsupported: "its pattern fits the empty text" };
  if (!isAlike(states, long, members.length))
    return { unsupported: "the longest word that its pattern fits is another than the first" };
  return { starts, classes, classCount: members.length, ...states };
}

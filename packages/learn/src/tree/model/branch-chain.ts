import { numberBefore } from "@tideline/graph/number-before";
import { isZero, ZERO_SIZE } from "./zero.ts";

/** A question of a chain: where its answer is yes the row leaves the chain, else it goes on. */
export interface ChainStep {
  readonly mode: "BRANCH_EQ" | "BRANCH_GT" | "BRANCH_LEQ";
  readonly value: number;
  /** Whether the row that leaves goes left. */
  readonly left: boolean;
  /** Whether NaN leaves here. */
  readonly missing: boolean;
}

/** A branch as a chain of one-number questions, at least one; and where a row goes that left at none. */
export interface BranchChain {
  readonly steps: readonly ChainStep[];
  readonly left: boolean;
}

/**
 * The largest number of single precision that is at most `value`: numbers of single precision are at most the one exactly where
 * they are at most the other.
 */
export function float32AtMost(value: number): number {
  const near = Math.fround(value);
  return near > value ? numberBefore(near) : near;
}

/** Marks where NaN leaves: the first step that leads to its side. One step that asks "at most" is a plain branch. */
function finish(steps: readonly ChainStep[], left: boolean, missingLeft: boolean): BranchChain {
  const [only] = steps;
  // All rows go one way: a question that every number answers with yes.
  if (only === undefined)
    return { steps: [{ mode: "BRANCH_LEQ", value: Infinity, left, missing: true }], left: !left };
  if (steps.length === 1 && only.mode === "BRANCH_GT" && !only.left)
    return { steps: [{ mode: "BRANCH_LEQ", value: only.value, left, missing: missingLeft }], left: false };
  const leave = steps.findIndex((step) => step.left === missingLeft);
  return { steps: steps.map((step, at) => ({ ...step, missing: at === leave })), left };
}

/** A step for each cut at which rows above and below go to different sides; the cuts descend. */
function bordersOf(cuts: readonly number[], sideAt: (value: number) => boolean) {
  const steps: ChainStep[] = [];
  let side = sideAt(Infinity);
  for (const value of cuts) {
    const below = sideAt(value);
    if (below === side) continue;
    steps.push({ mode: "BRANCH_GT", value, left: side, missing: false });
    side = below;
  }
  return { steps, left: side };
}

/**
 * A branch at a threshold, for numbers of single precision: one step, but where 0 is missing and goes to the other side than its
 * comparison would send it, up to three.
 */
export function numberChain(threshold: number, missingLeft: boolean, zeroIsMissing: boolean): BranchChain {
  const cut = float32AtMost(threshold);
  if (!zeroIsMissing)
    return { steps: [{ mode: "BRANCH_LEQ", value: cut, left: true, missing: missingLeft }], left: false };
  const cuts = [cut, ZERO_SIZE, numberBefore(-ZERO_SIZE)].sort((one, other) => other - one);
  const { steps, left } = bordersOf(cuts, (value) => (isZero(value) ? missingLeft : value <= cut));
  if (steps.length === 0 && left !== missingLeft)
    return { steps: [{ mode: "BRANCH_LEQ", value: Infinity, left, missing: false }], left: !left };
  return finish(steps, left, missingLeft);
}

/**
 * The shortest chain that asks for a set of codes from 0 to `codes - 1`; every other number, and NaN, is missing. Either
 * a step for each code that does not go where what is missing goes (two nodes each in a model table), or, from the
 * largest code down, one for each border between codes that go left and right: at most twice as many, and few where codes of
 * a kind stand together.
 */
export function setChain(
  codes: number,
  isLeft: (code: number) => boolean,
  missingLeft: boolean,
): BranchChain {
  const sideAt = (code: number) => (code >= 0 && code < codes ? isLeft(code) : missingLeft);
  const cuts = Array.from({ length: codes + 1 }, (_, at) => codes - 1 - at);
  const borders = bordersOf(cuts, sideAt);
  const others = Array.from({ length: codes }, (_, code) => code).filter(
    (code) => sideAt(code) !== missingLeft,
  );
  if (others.length >= borders.steps.length) return finish(borders.steps, borders.left, missingLeft);
  const steps = others.map((value): ChainStep => ({
    mode: "BRANCH_EQ",
    value,
    left: !missingLeft,
    missing: false,
  }));
  return finish(steps, missingLeft, missingLeft);
}

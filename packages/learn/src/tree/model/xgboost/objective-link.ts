import type { TreeLink } from "../tree-link.ts";
import { unsupportedXgboost } from "./json-field.ts";

/** What XGBoost makes of raw scores, and the raw score of a base score. */
export interface XgboostObjective {
  readonly link: TreeLink;
  readonly margin: (base: number) => number;
}

const same = (base: number): number => base;
const identity = { link: { kind: "identity" }, margin: same } as const;
const exp = { link: { kind: "exp" }, margin: Math.log } as const;
const softmax = { link: { kind: "softmax" }, margin: same } as const;
const logit = (base: number): number => -Math.log(1 / base - 1);

const OBJECTIVES: Readonly<Record<string, XgboostObjective>> = {
  "reg:squarederror": identity,
  "reg:linear": identity,
  "reg:squaredlogerror": identity,
  "reg:pseudohubererror": identity,
  "reg:absoluteerror": identity,
  "reg:quantileerror": identity,
  "reg:expectileerror": identity,
  "rank:pairwise": identity,
  "rank:ndcg": identity,
  "rank:map": identity,
  "binary:logistic": { link: { kind: "logistic", scale: 1 }, margin: logit },
  "binary:logitraw": identity,
  "reg:logistic": { link: { kind: "sigmoid", scale: 1 }, margin: logit },
  "multi:softmax": softmax,
  "multi:softprob": softmax,
  "count:poisson": exp,
  "reg:gamma": exp,
  "reg:tweedie": exp,
  "survival:cox": exp,
  "survival:aft": exp,
};

/** @throws MODEL_UNSUPPORTED for an objective that is not known. */
export function objectiveOfXgboost(name: string): XgboostObjective {
  if (Object.hasOwn(OBJECTIVES, name)) return OBJECTIVES[name]!;
  throw unsupportedXgboost("objective", `one of ${Object.keys(OBJECTIVES).join(", ")}`, name);
}

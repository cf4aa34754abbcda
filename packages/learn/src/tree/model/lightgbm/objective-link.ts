import type { TreeLink } from "../tree-link.ts";
import { malformedLightgbm, unsupportedLightgbm } from "./key-value.ts";

const identity: TreeLink = { kind: "identity" };
const exp: TreeLink = { kind: "exp" };

/** What LightGBM makes of raw scores, by its objectives. */
const LINKS: Readonly<Record<string, (scale: number) => TreeLink>> = {
  regression: () => identity,
  regression_l1: () => identity,
  huber: () => identity,
  fair: () => identity,
  quantile: () => identity,
  mape: () => identity,
  lambdarank: () => identity,
  rank_xendcg: () => identity,
  custom: () => identity,
  poisson: () => exp,
  gamma: () => exp,
  tweedie: () => exp,
  binary: (scale) => ({ kind: "logistic", scale }),
  multiclass: () => ({ kind: "softmax" }),
  multiclassova: (scale) => ({ kind: "sigmoid", scale }),
  cross_entropy: () => ({ kind: "sigmoid", scale: 1 }),
  cross_entropy_lambda: () => ({ kind: "softplus" }),
};

/**
 * The link of an objective as a model's text has it, such as "binary sigmoid:1"; of an empty one, of a model trained with
 * gradients of its owner's, the identity.
 *
 * @throws MODEL_UNSUPPORTED for an objective that is not known.
 */
export function linkOfLightgbm(objective: string): TreeLink {
  const [name = "", ...settings] = objective.split(" ").filter((part) => part !== "");
  if (name === "") return identity;
  if (name === "regression" && settings.includes("sqrt")) return { kind: "square" };
  if (!Object.hasOwn(LINKS, name))
    throw unsupportedLightgbm("objective", `one of ${Object.keys(LINKS).join(", ")}`, name);
  const given = settings.find((setting) => setting.startsWith("sigmoid:"))?.slice("sigmoid:".length);
  const scale = given === undefined ? 1 : Number(given);
  if (!(scale > 0 && scale < Infinity))
    throw malformedLightgbm("objective", "a sigmoid above 0", String(given));
  return LINKS[name]!(scale);
}

/** The objective under which LightGBM makes the same of raw scores. */
export function lightgbmOfLink(link: TreeLink, outputs: number): string | undefined {
  if (outputs > 1) {
    if (link.kind === "softmax") return `multiclass num_class:${outputs}`;
    if (link.kind === "sigmoid") return `multiclassova num_class:${outputs} sigmoid:${link.scale}`;
    // A model of one's own objective: raw scores stay as they are.
    return link.kind === "identity" ? "" : undefined;
  }
  switch (link.kind) {
    case "identity":
      return "regression";
    case "exp":
      return "poisson";
    case "square":
      return "regression sqrt";
    case "softplus":
      return "cross_entropy_lambda";
    case "logistic":
      return `binary sigmoid:${link.scale}`;
    case "sigmoid":
      return link.scale === 1 ? "cross_entropy" : undefined;
    case "softmax":
      return undefined;
  }
}

import type { TreeEnsemble } from "../tree-ensemble.ts";
import type { TreeLink } from "./tree-link.ts";

/** A model of another library. */
export interface ImportedTrees {
  readonly ensemble: TreeEnsemble;
  /** What the library's own prediction makes of the raw scores. */
  readonly link: TreeLink;
  /** The objective by the library's name; empty where the model names none. */
  readonly objective: string;
}

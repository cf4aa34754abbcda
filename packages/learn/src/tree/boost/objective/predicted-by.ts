import { matrix } from "../../../matrix.ts";
import { applyLink, type TreeLink } from "../../model/tree-link.ts";

/** What raw scores mean: see {@link TreeLink}. Row-major, as many numbers a row as the link gives. */
export function predictedBy(link: TreeLink, scores: Float64Array, outputs: number): Float64Array {
  return Float64Array.from(applyLink(link, matrix(scores.length / outputs, outputs, scores)).values);
}

import type { OpenCall } from "./message.ts";
import type { TreeSetting } from "./case.ts";

/** A model of ours, as the comparison asks it. */
export interface OwnModel {
  /** Numbers, or probabilities: of the second class for two, else of each. */
  predict(columns: readonly Float32Array[]): Promise<Float64Array>;
}

/** Trains a model of ours from columns. @throws Error while there is no trainer of the case's family. */
export async function trainOwn(
  { family }: OpenCall,
  _rows: { readonly columns: readonly Float32Array[]; readonly y: Float64Array },
  _setting: TreeSetting,
  _seed: number,
): Promise<OwnModel> {
  throw new Error(`no trainer of the ${family} family yet`);
}

import { groupFolds } from "@tideline/learn";
import { graphBuilder } from "@tideline/graph";
import { lowerEnsemble, lowerLink } from "@tideline/learn/tree";
import { foldRuns, seedRuns } from "./example-run.ts";
import type { ExampleTrees, TreeExample } from "./example.ts";
import { harColumns, harFeatures } from "./har-feature.ts";

const DRAWN: ExampleTrees = { leaves: 15, minChildRows: 10, featureShare: 0.3 };
const EXTRA: ExampleTrees = { ...DRAWN, extra: true, rounds: 200 };

/** Six activities of people whom it has never met, from statistics and spectra of windows of 2.56 seconds. */
export const UCI_HAR: TreeExample = {
  name: "uci-har",
  dataset: "uci-har",
  measure: "accuracies",
  threshold: 0.93,
  configurations: {
    default: {},
    drawn: DRAWN,
    small: { ...DRAWN, leaves: 7, featureShare: 0.1 },
    extra: EXTRA,
    extra_small: { ...EXTRA, leaves: 7 },
    extra_drawn: { ...EXTRA, featureShare: 0.1 },
  },
  chosen: () => "extra_drawn",
  async validation(folder) {
    const rows = await harColumns(folder, "train");
    return foldRuns("people", rows, groupFolds(rows.people!, 5, 1));
  },
  async final(folder, seeds) {
    return seedRuns(await harColumns(folder, "train"), await harColumns(folder, "test"), seeds);
  },
  /** From raw windows: the features are part of it. */
  graph({ ensemble, link }) {
    const g = graphBuilder("uci-har");
    const { features } = harFeatures(g);
    g.output("probabilities", lowerLink(g, lowerEnsemble(g, features, ensemble), link));
    return g.build();
  },
};

/**
 * Boosted trees that tell who earns more than 50 000 dollars a year, on the census of 1994.
 *
 *   node examples/trees/adult.ts --data ../shared/data/adult --json
 *
 * `--choose` compares configurations on five folds of the training part; it never reads the test part. What it found
 * stands in README.md.
 */
import { runTreeExample } from "./example.ts";
import { ADULT } from "./adult-example.ts";

await runTreeExample(ADULT);

/**
 * Boosted trees that tell which visits to a shop end in a purchase.
 *
 *   node examples/trees/online-shoppers.ts --data ../shared/data/online-shoppers --json
 *
 * `--choose` compares configurations on a fifth of the training part of each fold; it never measures a fold's own test rows. What it found
 * stands in README.md.
 */
import { runTreeExample } from "./example.ts";
import { ONLINE_SHOPPERS } from "./online-shoppers-example.ts";

await runTreeExample(ONLINE_SHOPPERS);

/**
 * Boosted trees that tell what people do whom it has never met, from raw windows of a phone's sensors.
 *
 *   node examples/trees/uci-har.ts --data ../shared/data/uci-har --json
 *
 * `--choose` compares configurations on five folds of training people; it never reads the test part. What it found
 * stands in README.md.
 */
import { runTreeExample } from "./example.ts";
import { UCI_HAR } from "./uci-har-example.ts";

await runTreeExample(UCI_HAR);

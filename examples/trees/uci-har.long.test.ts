import { trained } from "../nets/testing/trained.ts";

trained("uci-har", "uci-har", {
  examples: "examples/trees",
  audit: "scripts/audit-trees.py",
  measure: "accuracies",
});

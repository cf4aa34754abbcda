import { trained } from "../nets/testing/trained.ts";

trained("adult", "adult", {
  examples: "examples/trees",
  audit: "scripts/audit-trees.py",
  measure: "accuracies",
});

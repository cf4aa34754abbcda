import { trained } from "../nets/testing/trained.ts";

trained("online-shoppers", "online-shoppers", {
  examples: "examples/trees",
  audit: "scripts/audit-trees.py",
  measure: "aurocs",
});

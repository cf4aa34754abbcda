import { trained } from "./testing/trained.ts";

trained("har-conv1d", "uci-har");

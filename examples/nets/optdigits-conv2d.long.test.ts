import { trained } from "./testing/trained.ts";

trained("optdigits-conv2d", "optdigits");

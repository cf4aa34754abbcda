export { withhold, type Withheld } from "./withhold.ts";

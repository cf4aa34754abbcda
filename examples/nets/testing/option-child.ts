import { exampleOptions } from "../example-option.ts";

console.log(JSON.stringify(exampleOptions("optdigits", ["narrow", "wide"])));

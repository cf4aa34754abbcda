export { codeBitsDoubles, codeBitsSingles, codeEvenDoubles, codeEvenSingles, searchDoubles, searchSingles } from "./code-value";
export { countSingles, manyEnds } from "./sort-single";

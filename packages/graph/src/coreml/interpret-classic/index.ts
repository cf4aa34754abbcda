export type { ClassicForm } from "./classic-form.ts";
export { checkClassicForm } from "./check-classic-form.ts";
export { interpretClassic, type ClassicFeature, type ClassicRow } from "./interpret-classic.ts";
export { readClassicForm } from "./read-classic-form.ts";

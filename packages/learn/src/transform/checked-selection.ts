import {
  checkOptions,
  eitherForm,
  FORMS,
  isRecord,
  listForm,
  namedForm,
  recordForm,
} from "../net/estimator/option-form.ts";
import type { Selection } from "./transform.ts";

const KINDS = namedForm("float", "integer", "boolean", "string", "time", "vector", "series", "bytes");

const SELECTION = {
  columns: eitherForm(listForm(FORMS.text), recordForm({ kinds: listForm(KINDS) }, ["kinds"])),
  keep: FORMS.truth,
};

/** The options of a step, once what they say of its columns can be meant. @throws DEFINITION_ILLEGAL */
export function checkedSelection<Options extends Selection>(who: string, given: Options): Options {
  const { columns, keep }: Selection = isRecord(given) ? given : {};
  checkOptions(who, SELECTION, [], isRecord(given) ? { columns, keep } : given);
  return given;
}

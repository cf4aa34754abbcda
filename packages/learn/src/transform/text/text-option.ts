import { listForm, FORMS, isRecord, namedForm, type OptionForm } from "../../net/estimator/option-form.ts";
import { STEMMERS } from "./word/word-form.ts";

const pair = listForm(FORMS.count, 2);

/** Forms of the options of what finds terms in texts. */
export const ANALYSIS_FORMS: Readonly<Record<string, OptionForm>> = {
  analyzer: namedForm("word", "char", "char_wb"),
  ngramRange: pair,
  lowercase: FORMS.truth,
  stripAccents: namedForm("keep", "unicode", "ascii"),
  tokenPattern: FORMS.text,
  stopWords: listForm(FORMS.text),
};

/** Forms of the options of TF-IDF. */
export const TFIDF_FORMS: Readonly<Record<string, OptionForm>> = {
  ...ANALYSIS_FORMS,
  minDf: FORMS.positive,
  maxDf: FORMS.positive,
  maxFeatures: FORMS.count,
  binary: FORMS.truth,
  norm: namedForm("l1", "l2", "none"),
  useIdf: FORMS.truth,
  smoothIdf: FORMS.truth,
  sublinearTf: FORMS.truth,
};

/** Forms of the options of what rewrites texts. */
export const REWRITE_FORMS: Readonly<Record<string, OptionForm>> = {
  form: namedForm("keep", "NFC", "NFD", "NFKC", "NFKD"),
  lowercase: FORMS.truth,
  stripAccents: namedForm("keep", "unicode", "ascii"),
  trim: FORMS.truth,
  stem: namedForm("keep", ...Object.keys(STEMMERS)),
  lemmas: {
    expected: "an object of base forms by word",
    fits: (value) => isRecord(value) && Object.values(value).every((lemma) => typeof lemma === "string"),
  },
};

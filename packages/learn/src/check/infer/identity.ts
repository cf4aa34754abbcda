/** Forms of texts that may tell who a person is. */
export const IDENTITY_FORMS: readonly (readonly [string, RegExp])[] = [
  ["e-mail addresses", /^[^\s@]{1,64}@[^\s@.]{1,63}(?:\.[^\s@.]{1,63}){1,5}$/u],
  ["telephone numbers", /^\+\d[\d ()/-]{7,18}\d$/u],
  ["IP addresses", /^(?:\d{1,3}\.){3}\d{1,3}$/u],
  ["bank accounts (IBAN)", /^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/u],
];

/** Names of columns that hold people's contacts and documents. */
export const PERSONAL_NAME =
  /(?:^|_|\b)(?:e?mail|phone|mobile|surname|first_?name|last_?name|birth_?(?:day|date)|dob|ssn|iban|address|ip_?addr(?:ess)?)(?:$|_|\b)/iu;

/** First and last names, in either order; countries and towns of two words look the same. */
const FULL_NAME = /^\p{Lu}[\p{Ll}'’-]{1,40}(?:,? \p{Lu}[\p{Ll}'’.-]{0,40}){1,3}$/u;
/** The share of different texts that must look like full names: few towns have two words. */
const FULL_NAMES = 0.8;
/** The share of different texts of any other form. */
const FORMS = 0.05;

/** Words of a column's name that speak of single people, or of what belongs to one. */
const PEOPLE = new Set(
  (
    "person people subject user users username login nick nickname handle customer client patient employee member author " +
    "owner contact account device session student driver passenger recipient sender respondent participant visitor guest " +
    "surname firstname lastname fullname forename birth birthday birthdate dob email mail phone telephone mobile fax ssn " +
    "passport iban address street ip mac imei kunde benutzer vorname nachname telefon adresse nom prenom nombre apellido"
  ).split(" "),
);

/** Why a column must be taken to tell who people are, by its name or by the form of its texts; undefined where nothing says so. */
export function identityOf(name: string, texts: readonly string[]): string | undefined {
  const words = wordsOf(name);
  if (words.some((word) => PEOPLE.has(word)) || (words.length === 1 && words[0] === "name"))
    return "its name";
  if (PERSONAL_NAME.test(name)) return "its name";
  if (texts.length === 0) return undefined;
  const share = (form: RegExp) => texts.filter((text) => form.test(text)).length / texts.length;
  const form = IDENTITY_FORMS.find(([, expression]) => share(expression) > FORMS);
  if (form !== undefined) return `${form[0]} in it`;
  return share(FULL_NAME) >= FULL_NAMES ? "names of people in it" : undefined;
}

/** Whether one text has the form of an identity. */
export function looksPersonal(text: string): boolean {
  return IDENTITY_FORMS.some(([, form]) => form.test(text));
}

/** The words of a column's name, in small letters: of `customerId` and `customer_id` the same. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
}

import { literal } from "../lake/index.ts";
import { ownNames, relatedNames } from "./follow-alias.ts";
import { installUses, type AliasClaim, type InstallUse, type PersonSource } from "./person-source.ts";
import type { SubjectPair, SubjectScope } from "./scope.ts";
import type { UserQuestion } from "./user-question.ts";

/** Who asks: a phone for what it sent, or the folder's owner for a user of the app, by pseudonym. */
export type PersonQuestion =
  | { readonly kind: "install"; readonly install: string }
  | ({ readonly kind: "user" } & UserQuestion);

/** Another pseudonym that phones have claimed to be the person's. */
export interface LinkedName {
  readonly subject: string;
  /** Installs by whose own word what they sent under it is the person's. */
  readonly followed: number;
  /** Installs that sent under it and say nothing of the kind, or contradict it: what they sent is left. */
  readonly left: number;
}

/** A person as the folder knows them. */
export interface FoundPerson {
  /** Installs of which everything is meant: nobody else has used them. */
  readonly installs: readonly string[];
  /** Pseudonyms of which everything is meant, from wherever it came. */
  readonly subjects: readonly string[];
  /** What shared installs sent under other pseudonyms that they say are the person's. */
  readonly pairs: readonly SubjectPair[];
  /** Every pseudonym of the rows that are meant: what was derived from them is told by these. */
  readonly touched: readonly string[];
  /** Those of them that have no other rows: of a user who has another phone some stay. */
  readonly gone: readonly string[];
  /** Pseudonyms that are tied to the person's by any claim: features of theirs may hold something of the person. */
  readonly related: readonly string[];
  /** Installs that other people have used too. */
  readonly shared: readonly string[];
  /** Every other pseudonym that was claimed to be the person's, followed or not. */
  readonly linked: readonly LinkedName[];
  /** Claims of the person's installs that were not looked at, because an install made too many. */
  readonly passedOver: number;
}

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort();

/** SQL that holds for a column with one of some texts. */
const among = (column: string, names: readonly string[]): string =>
  names.length === 0 ? "false" : `${column} in (${names.map(literal).join(", ")})`;

/** Every claim of some installs, those included that nobody follows. */
const everyClaim = (uses: ReadonlyMap<string, InstallUse>): readonly AliasClaim[] =>
  [...uses.values()].flatMap(({ claims, passedOver }) => [...claims, ...passedOver]);

/** Whom entries of the ledger name, as far as a folder holds them. */
export interface EnteredPerson {
  readonly touched: readonly string[];
  readonly gone: readonly string[];
  readonly related: readonly string[];
  /** Pseudonyms with rows that are not meant: of other phones, or of after the entry. */
  readonly stays: readonly string[];
}

/** Finds whom entries of the ledger name: an erasure that goes on, or a backup that is brought up to one. */
export async function findEntered(source: PersonSource, scope: SubjectScope): Promise<EnteredPerson> {
  const [touched, stays] = [new Set<string>(), new Set<string>()];
  const uses = await installUses(source, "true", () => true);
  for (const [install, { spans }] of uses) {
    const isWhole = scope.hasInstall(install);
    if (isWhole) touched.add(source.anonymous(install));
    for (const [subject, { earliest, latest }] of spans) {
      const until = scope.until(install, subject);
      if (isWhole || earliest <= until) touched.add(subject);
      if (!isWhole && latest > until) stays.add(subject);
    }
  }
  const gone = sorted(touched).filter((subject) => !stays.has(subject));
  const related = relatedNames(touched, everyClaim(uses));
  return { touched: sorted(touched), gone, related, stays: sorted(stays) };
}

/** What a phone sent, under whichever pseudonym. */
async function findInstall(source: PersonSource, install: string): Promise<FoundPerson> {
  const own = await installUses(source, `install_id = ${literal(install)}`, (other) => other === install);
  const touched = sorted([source.anonymous(install), ...(own.get(install)?.spans.keys() ?? [])]);
  const isTouched = new Set(touched);
  const elsewhere = await installUses(
    source,
    `(${among("subject", touched)} and install_id <> ${literal(install)}) or previous is not null`,
    (other, subject, previous) => (other !== install && isTouched.has(subject)) || previous !== null,
  );
  const stays = new Set(
    [...elsewhere].flatMap(([other, { spans }]) => (other === install ? [] : [...spans.keys()])),
  );
  const gone = touched.filter((subject) => !stays.has(subject));
  const related = relatedNames(touched, everyClaim(elsewhere));
  const nothing = { subjects: [], pairs: [], shared: [], linked: [], passedOver: 0 };
  return { installs: [install], touched, gone, related, ...nothing };
}

/** What installs know of a person. */
interface KnownUses {
  /** Installs that sent under a name of the person, or claimed one: all that they sent. */
  readonly own: ReadonlySet<string>;
  /** These, and of others what they sent under names that any claim ties to the person's. */
  readonly uses: ReadonlyMap<string, InstallUse>;
  /** Every claim of the folder. */
  readonly claims: readonly AliasClaim[];
}

/** Reads what installs know of a person, in two passes: the logs are long. */
async function usesOf(source: PersonSource, names: ReadonlySet<string>): Promise<KnownUses> {
  const claiming = await installUses(
    source,
    `${among("subject", [...names])} or previous is not null`,
    (_, subject, previous) => names.has(subject) || previous !== null,
  );
  const isNamed = ({ spans, claims }: InstallUse): boolean =>
    [...names].some((name) => spans.has(name)) || claims.some(({ from }) => names.has(from));
  const own = new Set([...claiming].flatMap(([install, use]) => (isNamed(use) ? [install] : [])));
  const claims = everyClaim(claiming);
  const tied = new Set(
    relatedNames(
      names,
      [...claiming.values()].flatMap((use) => use.claims),
    ),
  );
  if (own.size === 0) return { own, uses: new Map(), claims };
  const uses = await installUses(
    source,
    `${among("install_id", [...own])} or ${among("subject", [...tied])}`,
    (install, subject) => own.has(install) || tied.has(subject),
  );
  return { own, uses, claims };
}

/** Of other pseudonyms of a person, how far they were followed, and which have rows that are left. */
function linkedNames(
  uses: ReadonlyMap<string, InstallUse>,
  linked: readonly string[],
  isTaken: (install: string, subject: string) => boolean,
): readonly LinkedName[] {
  const counts = new Map(linked.map((subject) => [subject, { subject, followed: 0, left: 0 }]));
  for (const [install, { spans }] of uses)
    for (const subject of spans.keys()) {
      const count = counts.get(subject);
      if (count !== undefined) count[isTaken(install, subject) ? "followed" : "left"] += 1;
    }
  return [...counts.values()];
}

/** A user of the app, with every phone. */
async function findUser(
  source: PersonSource,
  { subject, with: also = [], without: never = [], only = false }: UserQuestion,
  purpose: "export" | "erase",
): Promise<FoundPerson> {
  const { anonymous } = source;
  const names = new Set([subject, ...also]);
  const without = new Set(never.filter((name) => !names.has(name)));
  const [installs, shared, linked] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const own = new Map<string, ReadonlySet<string>>();
  const pairs: SubjectPair[] = [];
  const company = new Set<string>();
  let passedOver = 0;
  const known = await usesOf(source, names);
  for (const install of known.own) {
    const use = known.uses.get(install)!;
    const ofInstall = only ? names : ownNames(use, names, without);
    own.set(install, ofInstall);
    for (const { from, to } of use.claims) {
      if (ofInstall.has(from) || ofInstall.has(to)) linked.add(from).add(to);
    }
    const sent = [...use.spans.keys()].filter((name) => name !== anonymous(install));
    const ownSent = sent.filter((name) => ofInstall.has(name));
    if (ownSent.length === 0) continue;
    passedOver += use.passedOver.length;
    if (ownSent.length === sent.length) installs.add(install);
    else {
      shared.add(install);
      for (const name of sent) company.add(name);
      for (const name of ownSent) if (!names.has(name)) pairs.push({ install, subject: name });
    }
  }
  for (const name of names) linked.delete(name);
  const told = linkedNames(
    known.uses,
    sorted(linked),
    (install, name) => own.get(install)?.has(name) === true,
  );
  const nameless = purpose === "erase" ? [...shared].map(anonymous) : [];
  const subjects = [...names, ...nameless];
  const followed = told.filter((link) => link.followed > 0);
  const touched = sorted([
    ...subjects,
    ...[...installs].map(anonymous),
    ...followed.map((link) => link.subject),
  ]);
  const stays = new Set(followed.filter(({ left }) => left > 0).map((link) => link.subject));
  // Of a shared phone without a user anybody's features may hold something of anybody.
  const tied = [...company].map((to) => ({ from: subject, to }));
  return {
    installs: sorted(installs),
    subjects,
    pairs,
    related: relatedNames(touched, [...known.claims, ...tied]),
    touched,
    gone: touched.filter((name) => !stays.has(name)),
    shared: sorted(shared),
    linked: told,
    passedOver,
  };
}

/**
 * Finds a person. A phone's question reaches what that phone sent, under whichever pseudonym, and nothing else: which
 * user it names is its own word, so that it may not open what another phone sent. A user's question reaches
 * everything under the user's pseudonym, and everything of installs that nobody else has used; other pseudonyms that an
 * install claims to be the person's (an alias) it follows on that install: a claim reaches what the phone that makes it
 * sent. Which were claimed, and how much of each was left, stands in `linked` (and in `passedOver` how many claims of an
 * install that makes too many were not looked at); who knows that one is the person's
 * names it in `with`. On an install that others have used, what it sent before it had a user may be theirs: an erasure
 * takes it, an export leaves it out.
 */
export async function findPerson(
  source: PersonSource,
  question: PersonQuestion,
  purpose: "export" | "erase",
): Promise<FoundPerson> {
  if (question.kind === "install") return findInstall(source, question.install);
  return findUser(source, question, purpose);
}

import { execFileSync, spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { app as small, motion } from "../../../../../test/device-app.ts";
import { defineApp, type AppDefinition } from "../../app.ts";
import { event, type EventDefinition } from "../../event.ts";
import { t } from "../../type.ts";
import { CATEGORIES } from "../category.ts";
import type { PrivacyDeclaration } from "../declaration.ts";
import { STORE_PURPOSES } from "../store-purpose.ts";
import { ACCESSED_APIS, applePrivacyManifest } from "./apple.ts";
import { csvText, parseCsv } from "./csv.ts";
import { dataUses } from "./data-use.ts";
import { privacyFindings } from "./finding.ts";
import { privacyLabel } from "./label.ts";
import { labelMarkdown } from "./markdown.ts";
import { labelPage } from "./page.ts";
import { fillPlayTemplate, PLAY_PURPOSES, PLAY_TYPES, playAnswers, playDataSafety } from "./play.ts";
import { propertyList, type PropertyValue } from "./property-list.ts";

/**
 * Identifiers that a privacy manifest may hold, as Apple lists them:
 * https://developer.apple.com/documentation/bundleresources/describing-data-use-in-privacy-manifests
 */
const APPLE_TYPES = [
  ..."Name EmailAddress PhoneNumber PhysicalAddress OtherUserContactInfo Health Fitness PaymentInfo CreditInfo".split(
    " ",
  ),
  ..."OtherFinancialInfo PreciseLocation CoarseLocation SensitiveInfo Contacts EmailsOrTextMessages".split(
    " ",
  ),
  ..."PhotosorVideos AudioData GameplayContent CustomerSupport OtherUserContent BrowsingHistory".split(" "),
  ..."SearchHistory UserID DeviceID PurchaseHistory ProductInteraction AdvertisingData OtherUsageData".split(
    " ",
  ),
  ..."CrashData PerformanceData OtherDiagnosticData EnvironmentScanning Hands Head OtherDataTypes".split(" "),
];
const APPLE_PURPOSES =
  "ThirdPartyAdvertising DeveloperAdvertising Analytics ProductPersonalization AppFunctionality Other".split(
    " ",
  );
/** https://developer.apple.com/documentation/bundleresources/describing-use-of-required-reason-api */
const APPLE_REASONS: Readonly<Record<string, readonly string[]>> = {
  NSPrivacyAccessedAPICategoryFileTimestamp: ["DDA9.1", "C617.1", "3B52.1", "0A2A.1"],
  NSPrivacyAccessedAPICategorySystemBootTime: ["35F9.1", "8FFB.1", "3D61.1"],
  NSPrivacyAccessedAPICategoryDiskSpace: ["85F4.1", "E174.1", "7D9E.1", "B728.1"],
  NSPrivacyAccessedAPICategoryActiveKeyboards: ["3EC4.1", "54BD.1"],
  NSPrivacyAccessedAPICategoryUserDefaults: ["CA92.1", "1C8F.1", "C56D.1", "AC6B.1"],
};

const python = spawnSync("python3", ["-c", "import plistlib"]).status === 0;
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("python") ?? false;
const testWithPython = test.skipIf(!python && !required);

/** A property list as Python reads it. */
const readPlist = (text: string): unknown =>
  JSON.parse(
    execFileSync(
      "python3",
      ["-c", "import plistlib,sys,json; json.dump(plistlib.loads(sys.stdin.buffer.read()),sys.stdout)"],
      {
        input: text,
        encoding: "utf8",
      },
    ),
  );

const withEvents = (
  events: readonly EventDefinition[],
  privacy: PrivacyDeclaration = {},
  more: Partial<AppDefinition> = {},
): AppDefinition =>
  defineApp({
    ...small,
    ...more,
    privacy,
    events: [...Object.values(small.events), ...events],
  });
const options = { purpose: "analytics", retain: "30d" } as const;
/** Everything that stores ask of the app as a whole. */
const DECLARED = {
  endpoints: ["https://in.example", "https://console.example"],
  deletion: "in-app",
  access: "in-app",
  shared: [],
  accounts: ["oauth"],
  deletionUrl: "https://a.example/erase",
  policyUrl: "https://a.example/privacy",
} as const satisfies PrivacyDeclaration;
const trip = event(
  "trip",
  { place: t.category("precise_location", t.forPurpose("improve", t.vector(2))) },
  options,
);

interface Manifest {
  readonly NSPrivacyTracking: boolean;
  readonly NSPrivacyTrackingDomains: readonly string[];
  readonly NSPrivacyCollectedDataTypes: readonly {
    readonly NSPrivacyCollectedDataType: string;
    readonly NSPrivacyCollectedDataTypeLinked: boolean;
    readonly NSPrivacyCollectedDataTypeTracking: boolean;
    readonly NSPrivacyCollectedDataTypePurposes: readonly string[];
  }[];
  readonly NSPrivacyAccessedAPITypes: readonly {
    readonly NSPrivacyAccessedAPIType: string;
    readonly NSPrivacyAccessedAPITypeReasons: readonly string[];
  }[];
}

describe("tables", () => {
  test("hold only what the stores know", () => {
    for (const { apple, play } of Object.values(CATEGORIES)) {
      expect(APPLE_TYPES).toContain(apple);
      expect(PLAY_TYPES[play[0]]).toContain(play[1]);
    }
    for (const { apple, play } of Object.values(STORE_PURPOSES)) {
      expect(APPLE_PURPOSES).toContain(apple);
      expect(PLAY_PURPOSES).toContain(play);
    }
    for (const [type, reasons] of Object.entries(ACCESSED_APIS)) {
      expect(APPLE_REASONS[type]).toEqual(expect.arrayContaining([...reasons]));
    }
    const types = Object.values(PLAY_TYPES).flat();
    expect(new Set(types).size).toBe(types.length);
    // Every type of the form can be declared.
    const declared = new Set(Object.values(CATEGORIES).map(({ play }) => play.join(" ")));
    const known = Object.entries(PLAY_TYPES).flatMap(([group, of]) => of.map((type) => `${group} ${type}`));
    expect([...declared].sort()).toEqual(known.sort());
  });
});

describe("what is collected", () => {
  const categories = (app: AppDefinition) => dataUses(app).map(({ category }) => category);
  const useOf = (app: AppDefinition, category: string) =>
    dataUses(app).find((use) => use.category === category);

  test("follows from events: motion is fitness, and so are its labels and predictions; taps are use of the app", () => {
    expect(categories(small)).toEqual(["user_id", "device_id", "fitness", "product_interaction"]);
    expect(useOf(small, "fitness")!.sources.map((source) => source.event)).toEqual([
      "motion",
      "annotation",
      "correction",
      "prediction",
      'windows for the endpoint of model "activity"',
    ]);
    expect(useOf(small, "product_interaction")).toMatchObject({ linked: true, required: false });
  });

  test("changes with an event, a declaration, an essential purpose and an app without users", () => {
    const more = withEvents([trip]);
    expect(categories(more)).toContain("precise_location");
    expect(useOf(more, "precise_location")).toMatchObject({ purposes: ["app_functionality", "analytics"] });
    expect(
      categories(withEvents([event("beat", { rate: t.category("health", t.int()) }, options)])),
    ).toContain("health");
    expect(
      categories(withEvents([event("beat", { rate: t.int() }, { ...options, category: "health" })])),
    ).toContain("health");
    const noUser = withEvents([], { linked: false });
    expect(dataUses(noUser).every(({ linked }) => !linked)).toBe(true);
    expect(categories(noUser)).not.toContain("user_id");
    const essential = withEvents([], {}, { essential: ["analytics"] });
    expect(useOf(essential, "product_interaction")!.required).toBe(true);
    expect(useOf(essential, "fitness")!.required).toBe(false);
    // Of an essential event, a field that asks for more is still a choice.
    expect(useOf(withEvents([trip], {}, { essential: ["analytics"] }), "precise_location")!.required).toBe(
      false,
    );
  });

  test("of samples in units of sound is audio; of other units it is asked", () => {
    const of = (units: string[]) =>
      withEvents([event("heard", { wave: t.frame({ channels: ["x"], units, rate: 8000 }) }, options)]);
    expect(categories(of(["Pa"]))).toContain("audio");
    expect(categories(of(["lux"]))).toContain("other");
    expect(privacyFindings(of(["lux"]))[0]).toMatchObject({ where: 'event "heard".wave' });
  });

  test("with a category or store purpose that does not exist is refused", () => {
    const wrong = withEvents([event("x", { y: t.category("soul" as "name", t.int()) }, options)]);
    expect(() => dataUses(wrong)).toThrow(/y\.category.*DEFINITION_ILLEGAL/);
    expect(() => dataUses(withEvents([], { purposes: { analytics: "toString" as "other" } }))).toThrow(
      /privacy\.purposes\.analytics.*DEFINITION_ILLEGAL/,
    );
    expect(() => withEvents([], { purposes: { unheard: "other" } })).toThrow(/privacy\.purposes/);
  });
});

describe("what is left open", () => {
  const remedies = (app: AppDefinition) =>
    privacyFindings(app).map(({ where, remedy }) => `${where}: ${remedy}`);
  test("is nothing where everything is declared", () => {
    const purposes = { improve: "personalization", cloud: "app_functionality" } as const;
    expect(privacyFindings(withEvents([trip], { ...DECLARED, purposes }))).toEqual([]);
  });

  test.each<[string, EventDefinition["fields"], RegExp]>([
    ["a location without a category", { latitude: t.float() }, /t\.category\("precise_location"/],
    ["a heart rate without a category", { heart_rate: t.int() }, /t\.category\("health"/],
    [
      "a location that cannot be refused alone",
      { spot: t.category("precise_location", t.vector(2)) },
      /t\.forPurpose\("location"/,
    ],
  ])("%s", (_, fields, remedy) => {
    const found = remedies(withEvents([event("x", fields, options)], DECLARED));
    expect(found.join("\n")).toMatch(remedy);
  });

  test("a name that speaks against its event, an unknown purpose, no words, no pages", () => {
    const shout = event(
      "x",
      { email: t.string(), latency_ms: t.int() },
      { ...options, category: "product_interaction" },
    );
    const app = withEvents([shout], {}, { purposes: { ...small.purposes, newsletter: " " } });
    const found = remedies(app);
    expect(found).toHaveLength(10);
    expect(found[0]).toMatch(/event "x"\.email: .*t\.category\("email"/);
    expect(found[1]).toMatch(/purpose "newsletter": .*privacy: \{ purposes: \{ newsletter/);
    expect(found[2]).toMatch(/words|Say in purposes/);
    expect(found.slice(3).join()).toMatch(
      /endpoints.*deletion: "in-app".*access.*shared.*accounts.*deletionUrl.*policyUrl/,
    );
  });
});

describe("of what nobody said nothing is claimed", () => {
  const answersOf = (privacy: PrivacyDeclaration) => {
    const app = withEvents([trip], privacy);
    const value = (question: string, response = "") =>
      playAnswers(app).find((one) => one.question === question && one.response === response)?.value;
    return {
      encrypted: value("PSL_DATA_COLLECTION_ENCRYPTED_IN_TRANSIT"),
      yes: value("PSL_SUPPORT_DATA_DELETION_BY_USER", "DATA_DELETION_YES"),
      no: value("PSL_SUPPORT_DATA_DELETION_BY_USER", "DATA_DELETION_NO"),
      shared: value(
        "PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION:PSL_DATA_USAGE_COLLECTION_AND_SHARING",
        "PSL_DATA_USAGE_ONLY_SHARED",
      ),
      oauth: value("PSL_SUPPORTED_ACCOUNT_CREATION_METHODS", "PSL_ACM_OAUTH"),
      account: value("PSL_ACCOUNT_DELETION_URL"),
      open: privacyFindings(app)
        .filter(({ where }) => where.startsWith("app"))
        .map(({ what }) => what),
      label: labelMarkdown(privacyLabel(app)),
    };
  };

  test("where the definition says nothing", () => {
    const { open, label, ...values } = answersOf({});
    expect(Object.values(values)).toEqual([null, null, null, null, null, null]);
    expect(open).toHaveLength(7);
    expect(label).not.toMatch(
      /encrypted on its way\.|erased from|see everything|track you|handed on to other companies\./,
    );
  });

  test("and what was said is answered", () => {
    const { open, label, ...values } = answersOf(DECLARED);
    expect(values).toEqual({
      encrypted: "true",
      yes: "true",
      no: "",
      shared: "",
      oauth: "true",
      account: "https://a.example/erase",
    });
    expect(open).toEqual([]);
    for (const sentence of [
      "It is encrypted on its way.",
      "not handed on",
      "not used to track",
      "see everything",
    ])
      expect(label).toContain(sentence);
  });

  test.each(["http://in.example", "in.example", "HTTP://in.example", "https://", " https://in.example"])(
    "an address such as %j is not encrypted",
    (url) => {
      const { encrypted, open, label } = answersOf({ ...DECLARED, endpoints: ["https://in.example", url] });
      expect(encrypted).toBe("false");
      expect(open).toEqual([expect.stringContaining("not encrypted")]);
      expect(label).toContain("It is not encrypted on its way.");
    },
  );

  test("deletion by a page needs the page; accounts need deletion", () => {
    const { deletionUrl: _, ...pageless } = DECLARED;
    expect(answersOf({ ...pageless, deletion: "url" })).toMatchObject({ yes: null, no: null });
    expect(answersOf({ ...DECLARED, deletion: "url" })).toMatchObject({ yes: "true", no: "" });
    const none = answersOf({ ...DECLARED, deletion: "none" });
    expect(none).toMatchObject({ yes: "", no: "true" });
    expect(none.open).toEqual([expect.stringContaining("both stores refuse")]);
    expect(none.label).not.toContain("erased");
    expect(answersOf({ ...pageless, deletion: "none", accounts: ["none"] }).open).toEqual([]);
  });

  test("what is handed on is said by purpose, and tracking by its domains", () => {
    const ads = { ...DECLARED, purposes: { analytics: "advertising" }, shared: ["advertising"] } as const;
    expect(answersOf(ads).open).toEqual([expect.stringContaining("tracked across")]);
    const told = withEvents([trip], { ...ads, trackingDomains: ["ads.example"] });
    expect(answersOf({ ...ads, trackingDomains: ["ads.example"] })).toMatchObject({
      shared: "true",
      open: [],
    });
    const manifest = applePrivacyManifest(told);
    expect(manifest).toMatch(/NSPrivacyTracking<\/key>\s*<true\/>[^]*<string>ads\.example<\/string>/);
    expect(manifest.match(/CollectedDataTypeTracking<\/key>\s*<true\/>/g)!.length).toBeGreaterThan(0);
    expect(applePrivacyManifest(withEvents([trip], { ...ads, trackingDomains: [] }))).toMatch(
      /NSPrivacyTracking<\/key>\s*<false\/>/,
    );
  });

  test.each<[keyof PrivacyDeclaration, unknown]>([
    ["deletion", "sometimes"],
    ["access", "toString"],
    ["shared", ["friends"]],
    ["accounts", ["magic"]],
  ])("a %s that stores do not know is refused", (member, value) => {
    expect(() => privacyFindings(withEvents([], { [member]: value }))).toThrow(
      new RegExp(`privacy\\.${member}.*DEFINITION_ILLEGAL`),
    );
  });

  test("an answer that the console already has stays where the definition says nothing", () => {
    const silent = withEvents([trip]);
    const answered = playDataSafety(silent)
      .replace("ENCRYPTED_IN_TRANSIT,,,", "ENCRYPTED_IN_TRANSIT,,true,")
      .replace("DATA_DELETION_NO,,", "DATA_DELETION_NO,true,");
    expect(fillPlayTemplate(silent, answered)).toBe(answered);
    const filled = fillPlayTemplate(withEvents([trip], DECLARED), answered);
    expect(filled).toContain("DATA_DELETION_NO,,");
    expect(filled).toContain("DATA_DELETION_YES,true,");
  });
});

describe("media", () => {
  const media = (types: readonly string[]) => t.media({ types, maxBytes: 9 });
  const categories = (fields: EventDefinition["fields"], more: object = {}) =>
    dataUses(withEvents([event("x", fields, { ...options, ...more })], DECLARED)).flatMap(
      ({ category, sources }) => (sources.some((source) => source.event === "x") ? [category] : []),
    );

  test.each<[readonly string[], readonly string[]]>([
    [["image/jpeg", "image/png"], ["photos"]],
    [["video/mp4"], ["videos"]],
    [["audio/ogg"], ["audio"]],
    [["application/pdf", "text/plain"], ["files"]],
    [
      ["video/mp4", "image/jpeg"],
      ["photos", "videos"],
    ],
  ])("of %j are %j to the stores", (types, expected) => {
    expect(categories({ latency: media(types) })).toEqual(expected);
    // What a type says is no guess, and no event can say it away.
    expect(categories({ latency: media(types) }, { category: "fitness" })).toEqual(expected);
  });

  test("can be declared as something else, and the label says what leaves the device", () => {
    expect(categories({ scan: t.category("health", media(["image/png"])) })).toEqual(["health"]);
    const app = withEvents([event("x", { scan: media(["image/png"]) }, options)], DECLARED);
    expect(privacyFindings(app)).toEqual([]);
    expect(labelMarkdown(privacyLabel(app))).toContain("only a digest, the length and the type leave");
    expect(labelMarkdown(privacyLabel(withEvents([trip], DECLARED)))).not.toContain("digest");
  });
});

describe("Apple's manifest", () => {
  testWithPython("is a property list of known identifiers, each data type once, nothing for tracking", () => {
    const manifest = readPlist(
      applePrivacyManifest(
        withEvents([
          event("photo", { photo: t.category("photos", t.id()) }, options),
          event("video", { video: t.category("videos", t.id()) }, options),
        ]),
      ),
    ) as Manifest;
    expect(manifest).toMatchObject({ NSPrivacyTracking: false, NSPrivacyTrackingDomains: [] });
    const types = manifest.NSPrivacyCollectedDataTypes;
    expect(types.every((entry) => entry.NSPrivacyCollectedDataTypeLinked)).toBe(true);
    for (const entry of types) {
      expect(APPLE_TYPES.map((name) => `NSPrivacyCollectedDataType${name}`)).toContain(
        entry.NSPrivacyCollectedDataType,
      );
      expect(entry.NSPrivacyCollectedDataTypeTracking).toBe(false);
      expect(entry.NSPrivacyCollectedDataTypePurposes.length).toBeGreaterThan(0);
      for (const purpose of entry.NSPrivacyCollectedDataTypePurposes) {
        expect(APPLE_PURPOSES.map((name) => `NSPrivacyCollectedDataTypePurpose${name}`)).toContain(purpose);
      }
    }
    const names = types.map((entry) => entry.NSPrivacyCollectedDataType);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain("NSPrivacyCollectedDataTypePhotosorVideos");
    expect(manifest.NSPrivacyAccessedAPITypes).toHaveLength(Object.keys(ACCESSED_APIS).length);
  });

  testWithPython("writes any text so that Python reads the same", () => {
    const text = fc.string({ unit: "grapheme" });
    const [list] = fc.sample(fc.array(fc.dictionary(text, text), { minLength: 40, maxLength: 60 }), {
      numRuns: 1,
      seed: 1,
    });
    // `__proto__` is no member that JSON of Python would give back as one.
    const plain = JSON.parse(JSON.stringify(list)) as PropertyValue;
    expect(readPlist(propertyList(plain))).toEqual(plain);
  });

  test("changes with an event", () => {
    expect(applePrivacyManifest(withEvents([trip]))).not.toBe(applePrivacyManifest(withEvents([])));
    expect(applePrivacyManifest(withEvents([trip]))).toContain("NSPrivacyCollectedDataTypePreciseLocation");
  });
});

describe("Play's answers", () => {
  const valueOf = (app: AppDefinition, question: string, response: string) =>
    playAnswers(app).find((answer) => answer.question === question && answer.response === response)?.value;

  test("are given once each, for what is collected only", () => {
    const app = withEvents([trip], { deletionUrl: "https://a.example/erase, please" });
    const keys = playAnswers(app).map(({ question, response }) => `${question} ${response}`);
    expect(new Set(keys).size).toBe(keys.length);
    const usage = "PSL_DATA_USAGE_RESPONSES:PSL_PRECISE_LOCATION:";
    expect(valueOf(app, "PSL_DATA_TYPES_LOCATION", "PSL_PRECISE_LOCATION")).toBe("true");
    expect(valueOf(app, `${usage}DATA_USAGE_USER_CONTROL`, "PSL_DATA_USAGE_USER_CONTROL_OPTIONAL")).toBe(
      "true",
    );
    expect(valueOf(app, `${usage}DATA_USAGE_COLLECTION_PURPOSE`, "PSL_ANALYTICS")).toBe("true");
    expect(valueOf(app, `${usage}DATA_USAGE_COLLECTION_PURPOSE`, "PSL_ADVERTISING")).toBe("");
    expect(valueOf(small, "PSL_DATA_TYPES_LOCATION", "PSL_PRECISE_LOCATION")).toBe("");
    expect(valueOf(small, `${usage}PSL_DATA_USAGE_EPHEMERAL`, "")).toBe("");
    const rows = parseCsv(playDataSafety(app));
    expect(rows.every((row) => row.length === 5)).toBe(true);
    expect(rows.find(([question]) => question === "PSL_DATA_DELETION_URL")![2]).toBe(
      "https://a.example/erase, please",
    );
  });

  test("fill a form that the console exported, and say when it has changed", () => {
    const template = csvText(
      parseCsv(playDataSafety(small))
        .map((row, index) => (index === 0 ? row : [row[0]!, row[1]!, "", row[3]!, `"${row[4]}"`]))
        .toSpliced(2, 0, ["PSL_HAS_OUTSIDE_APP_ACCOUNTS", "", "true", "MULTIPLE_CHOICE", "A, b"]),
    );
    const filled = parseCsv(fillPlayTemplate(small, template));
    expect(filled[2]).toEqual(["PSL_HAS_OUTSIDE_APP_ACCOUNTS", "", "true", "MULTIPLE_CHOICE", "A, b"]);
    const values = (rows: readonly (readonly string[])[]) => rows.map((row) => row.slice(0, 3));
    expect(values(filled.toSpliced(2, 1))).toEqual(values(parseCsv(playDataSafety(small))));
    const shortened = template.split("\n").filter((line) => !line.includes("PSL_FITNESS"));
    expect(() => fillPlayTemplate(small, shortened.join("\n"))).toThrow(
      /the form has changed.*DATA_MALFORMED/,
    );
    expect(() => fillPlayTemplate(small, "a,b,c\n")).toThrow(/heading/);
  });
});

test("CSV comes back as it was", () => {
  const cell = fc.string().map((text) => text.replaceAll("\0", ""));
  const rows = fc.array(
    fc.array(cell, { minLength: 2, maxLength: 4 }).filter((row) => row.some((one) => one !== "")),
  );
  fc.assert(
    fc.property(rows, (table) => {
      expect(parseCsv(csvText(table))).toEqual(table);
    }),
  );
  expect(() => parseCsv('a,"b')).toThrow(/DATA_MALFORMED/);
});

describe("the label", () => {
  const hostile = '<script>alert("x")</script> | `a`\n# b';
  const app = withEvents([trip], {}, { purposes: { ...small.purposes, analytics: hostile } });

  test("says purposes in their words, how long each record is kept, and what needs its own consent", () => {
    const text = labelMarkdown(privacyLabel(app));
    expect(text).toContain("| motion | 90 days | improve | - | session, start, samples |");
    expect(text).toContain("| trip | 30 days | analytics | - | place (only with improve) |");
    expect(text).toContain("Precise location");
    expect(text).toContain("Still to be decided");
    expect(text.split("\n").every((line) => !line.startsWith("# b"))).toBe(true);
  });

  test("is a page of its own for light and dark, in which words stay words", () => {
    const page = labelPage(privacyLabel(app));
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;");
    expect(page).toContain("prefers-color-scheme: dark");
    expect(page).not.toMatch(/(src|href)=/);
  });
});

test("nothing is collected by an app without events", () => {
  const empty = defineApp({ name: "empty", purposes: {}, events: [], views: [], models: [] });
  expect(dataUses(empty)).toEqual([]);
  expect(playAnswers(empty)[0]!.value).toBe("false");
  expect(motion.name).toBe("motion");
});

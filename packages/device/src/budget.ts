import { tidelineError, type ErrorCode } from "@tideline/spec";
import type {
  Conditions,
  DevicePorts,
  LoadedModel,
  ModelRuntime,
  NetworkRequest,
  NetworkResponse,
} from "./ports.ts";
import { openStateFile, type StateFile } from "./state-file.ts";

/** When something may use the network. Where the platform does not say how things stand, it may. */
export interface NetworkRule {
  /** `unmetered`: not over a network that costs by the byte. */
  readonly network: "any" | "unmetered";
  /** `required`: only while the phone is charging. */
  readonly charging: "any" | "required";
}

/** What a client may spend in a day. */
export interface BudgetLimits {
  /** Bytes of bodies that are sent. */
  readonly uploadBytes: number;
  /** Bytes of bodies that are read. */
  readonly downloadBytes: number;
  /** Bytes of samples that captures record. */
  readonly recordBytes: number;
  /** Milliseconds that models run, by the monotonic clock. */
  readonly cpuMs: number;
  /** Times that the radio is woken up while the app is not in front. */
  readonly wakeUps: number;
  readonly events: NetworkRule;
  readonly models: NetworkRule;
}

/** What is counted. */
export type Spendable = "uploadBytes" | "downloadBytes" | "recordBytes" | "cpuMs" | "wakeUps";

/** Why something was held back. */
export type Hold = Spendable | "network" | "charging";

/** What was spent on a day, and what was held back for want of it. */
export interface BudgetStatus {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly spent: Readonly<Record<Spendable, number>>;
  /** Requests that wait for later, runs of models that were passed over, frames that were not recorded; by reason. */
  readonly held: Readonly<Partial<Record<Hold, number>>>;
  readonly limits: BudgetLimits;
}

/** What a client may spend in a day; see {@link createBudget}. */
export interface Budget {
  /** The same ports, of which use is counted and bounded. Called by `createClient`. */
  open(ports: DevicePorts): Promise<DevicePorts>;
  /** Takes some of the day's budget; false, and counted as held back, where it is spent. */
  take(what: Spendable, amount: number): boolean;
  /** Whether events must wait whatever their size, so that no batch need be made; counted as held back. */
  holdsEvents(): boolean;
  status(): BudgetStatus;
}

const DAY = 86_400_000;

/** A radio goes to sleep about this long after its last byte; the next one wakes it up again. */
const RADIO_MS = 10_000;

/** The counters are written when this share of a limit was spent since the last time. */
const SHARE = 0.01;

/**
 * 10 MB up and 20 MB down are 900 MB a month at most; a minute of CPU is 10 mW over a day on a phone's small cores; a
 * wake-up of the radio takes about 10 J, so that 48 are 1 % of a battery of 15 Wh.
 */
export const DEFAULT_BUDGET: BudgetLimits = {
  uploadBytes: 10_000_000,
  downloadBytes: 20_000_000,
  recordBytes: 10_000_000,
  cpuMs: 60_000,
  wakeUps: 48,
  events: { network: "any", charging: "any" },
  models: { network: "unmetered", charging: "any" },
};

interface BudgetFile extends Pick<BudgetStatus, "day" | "spent" | "held"> {
  readonly format: 1;
}

const NOTHING = { uploadBytes: 0, downloadBytes: 0, recordBytes: 0, cpuMs: 0, wakeUps: 0 };

/** Which rule a request is under; a person's own requests are under none. */
function ruleOf({ url }: NetworkRequest, { events, models }: BudgetLimits): NetworkRule | null {
  if (url.includes("/v1/subject/")) return null;
  return /\/v1\/batch$|\/infer$/.test(url) ? events : models;
}

/** Why conditions do not fit a rule, or null. */
function unmet(rule: NetworkRule, conditions: Conditions | undefined): Hold | null {
  if (rule.network === "unmetered" && conditions?.network === "metered") return "network";
  if (rule.charging === "required" && conditions?.charging === false) return "charging";
  return null;
}

/**
 * A day's budget for a client: what it sends, reads, records and computes, and how often it wakes the radio up. What
 * does not fit waits (events, models), is answered by the next place of the chain (predictions) or is left out
 * (samples); all of it is counted. A day is one of UTC; its counters survive a restart.
 *
 * @example
 * const budget = createBudget({ uploadBytes: 2_000_000, events: { network: "unmetered", charging: "any" } });
 * const client = await createClient({ ...options, budget });
 */
export function createBudget(changes: Partial<BudgetLimits> = {}): Budget {
  const limits: BudgetLimits = { ...DEFAULT_BUDGET, ...changes };
  let file: StateFile<BudgetFile> | null = null;
  let clock = (): number => 0;
  let conditionsOf = (): Conditions | undefined => undefined;
  let now: BudgetFile = { format: 1, day: 0, spent: NOTHING, held: {} };
  let lastRequest = Number.NEGATIVE_INFINITY;

  /** Begins a new day where there is one; a clock that was set back by no more than a day goes on with the old. */
  const roll = (): void => {
    const day = Math.floor(clock() / DAY);
    if (day > now.day || day < now.day - 1) now = { format: 1, day, spent: NOTHING, held: {} };
  };
  const save = async (): Promise<void> => file?.change(() => now);
  /** Writes the counters down once enough has come together; a crash loses no more than that. */
  const saveSome = (what: Spendable): void => {
    const known = file?.get();
    const written = known?.day === now.day ? known.spent[what] : 0;
    // What cannot be written is written the next time; the storage says so in the log.
    if (now.spent[what] - written >= limits[what] * SHARE) void save().catch(() => undefined);
  };

  const hold = (what: Hold): void => {
    now = { ...now, held: { ...now.held, [what]: (now.held[what] ?? 0) + 1 } };
  };
  const spend = (what: Spendable, amount: number): void => {
    now = { ...now, spent: { ...now.spent, [what]: now.spent[what] + amount } };
  };
  const take: Budget["take"] = (what, amount) => {
    roll();
    const fits = now.spent[what] + amount <= limits[what];
    if (fits) spend(what, amount);
    else hold(what);
    saveSome(what);
    return fits;
  };
  const refuse = (code: ErrorCode, field: Hold): never => {
    hold(field);
    throw tidelineError(code, { who: "budget", field, received: "more than is left", expected: "to wait" });
  };

  /** Whether the radio sleeps and would have to be woken up in the background. */
  const wakesRadio = (): boolean => conditionsOf()?.foreground === false && clock() - lastRequest > RADIO_MS;

  /** Why a rule or the number of wake-ups does not allow a request now, or null. */
  const holdOf = (rule: NetworkRule): Hold | null =>
    unmet(rule, conditionsOf()) ?? (wakesRadio() && now.spent.wakeUps >= limits.wakeUps ? "wakeUps" : null);

  const guardRequest = async (ports: DevicePorts, request: NetworkRequest): Promise<NetworkResponse> => {
    roll();
    const rule = ruleOf(request, limits);
    const up = request.body?.length ?? 0;
    const { spent } = now;
    // A file's size is known before it is asked for; of other answers the bound is far above what comes.
    const down = request.url.includes("/v1/artifacts/") ? request.maxBytes : 0;
    if (rule !== null) {
      const reason = holdOf(rule);
      if (reason !== null) refuse("BUDGET_SPENT", reason);
      // What no day has room for is made smaller; it would wait for ever.
      if (up > limits.uploadBytes) refuse("BATCH_TOO_LARGE", "uploadBytes");
      if (spent.uploadBytes + up > limits.uploadBytes) refuse("BUDGET_SPENT", "uploadBytes");
      if (spent.downloadBytes + down > limits.downloadBytes) refuse("BUDGET_SPENT", "downloadBytes");
    }
    spend("uploadBytes", up);
    if (wakesRadio()) spend("wakeUps", 1);
    // Before anything goes out, so that no crash makes it uncounted.
    await save();
    if (request.isWanted?.() === false) {
      spend("uploadBytes", -up);
      throw tidelineError("CONSENT_MISSING", { who: "budget", received: "a request that is wanted no more" });
    }
    try {
      const response = await ports.network.request(request);
      spend("downloadBytes", response.body.length);
      return response;
    } finally {
      lastRequest = clock();
    }
  };

  const guardRuntime = (runtime: ModelRuntime, monotonic: () => number): ModelRuntime => ({
    ...runtime,
    load: async (...call) => {
      const timed = async <T>(work: () => T | Promise<T>): Promise<T> => {
        const begun = monotonic();
        try {
          return await work();
        } finally {
          spend("cpuMs", Math.max(0, monotonic() - begun));
          saveSome("cpuMs");
        }
      };
      const model = await timed(() => runtime.load(...call));
      let runs = 0;
      const run: LoadedModel["run"] = (...window) => {
        roll();
        runs += 1;
        // The first run belongs to the load: it shows that the model runs at all.
        if (runs > 1 && now.spent.cpuMs >= limits.cpuMs) refuse("BUDGET_SPENT", "cpuMs");
        return timed(() => model.run(...window));
      };
      return { run: async (...window) => run(...window), release: () => model.release() };
    },
  });

  return Object.freeze({
    open: async (ports: DevicePorts) => {
      ({ clock } = ports);
      conditionsOf = () => ports.conditions?.();
      file = await openStateFile<BudgetFile>(ports, "budget.json", now);
      now = file.get();
      roll();
      return {
        ...ports,
        network: { request: (request: NetworkRequest) => guardRequest(ports, request) },
        runtimes: ports.runtimes.map((runtime) => guardRuntime(runtime, ports.monotonic)),
      };
    },
    take,
    holdsEvents: () => {
      roll();
      const reason =
        holdOf(limits.events) ?? (now.spent.uploadBytes >= limits.uploadBytes ? "uploadBytes" : null);
      if (reason !== null) hold(reason);
      return reason !== null;
    },
    status: () => {
      roll();
      const { day, spent, held } = now;
      return { day, spent, held, limits };
    },
  });
}

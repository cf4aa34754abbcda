/** Connections of a server whose machine sets no bound. */
const MOST = 10_000;

/** Files that the rest of the process needs: logs, the catalog, the lake's, worker threads. */
const RESERVED = 512;

/** What of Node's diagnostic report is used here; its types lag behind. */
interface DiagnosticReport {
  excludeNetwork: boolean;
  getReport(): { readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } } };
}

/**
 * How many connections a server may have open: fewer than this process may have files, since one that can open no
 * further segment of its log has to stop. Half of them where the bound is low.
 */
export function connectionLimit(soft: unknown = openFiles()): number {
  if (typeof soft !== "number") return MOST;
  return Math.min(MOST, Math.max(soft - RESERVED, Math.floor(soft / 2)));
}

/** The soft bound of open files (RLIMIT_NOFILE) as Node's diagnostic report gives it; "unlimited" where there is none. */
function openFiles(): unknown {
  const report = process.report as unknown as DiagnosticReport | undefined;
  if (report === undefined) return undefined;
  const before = report.excludeNetwork;
  // Names of hosts would be looked up.
  report.excludeNetwork = true;
  try {
    return report.getReport().userLimits?.open_files?.soft;
  } finally {
    report.excludeNetwork = before;
  }
}

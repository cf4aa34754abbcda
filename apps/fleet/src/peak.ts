/** Most memory that this process has had at a time, in MB (2^20 bytes); `maxRSS` is in KiB. */
export function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024;
}

import { checkEvidence, type Finding } from "./figure.ts";
import type { Role } from "./prediction.ts";
import type { EvidenceRelease } from "./release.ts";

/** People that a release names as its teachers although they may not teach, and releases that name nobody. */
export function auditTraining(
  releases: readonly EvidenceRelease[],
  roles: ReadonlyMap<string, Role>,
): readonly Finding[] {
  const faults = releases.flatMap(({ version, trainedOn }) => {
    if (trainedOn.length === 0) return [`release ${version} does not say on whom it was trained`];
    return trainedOn.flatMap((person) => {
      const role = roles.get(person) ?? "unknown";
      return role === "train" || role === "corrections"
        ? []
        : [`release ${version} was trained on ${person} (${role})`];
    });
  });
  const looked = releases.map(({ version, trainedOn }) => `release ${version}: ${trainedOn.length} people`);
  return [checkEvidence("nobody of the control group was trained on", faults, looked.join(", "))];
}

import { BEGIN, poseLog, type PoseLog } from "../../dataset/testing/pose-log.ts";
import { named, study } from "../../dataset/testing/pose-study.ts";

/** People whose labels train, and two who are only watched. */
export function firstStudy(): PoseLog {
  const log = poseLog();
  study(log, { people: named("a", 6), cohort: "study", at: BEGIN });
  study(log, { people: named("c", 2), cohort: "control", at: BEGIN });
  return log;
}

export { claimsJson } from './claims/claims-table.js';
export type { TestedClaim, Verdict } from './claims/test-claims.js';
export { type LocalRun, runStudy } from './local/run-study.js';
export { type Shares, shareMachine } from './local/share-machine.js';
export { type TaskCommand, type TaskConnection, taskConnection } from './local/task-process.js';
export {
  addToStudy,
  type Made,
  type NetworkWishes,
  newStudy,
  type SignalWishes,
  type StudyAddition,
  type StudyWishes,
} from './make-study.js';
export type { StudyManifest, StudyNetwork, StudySignal } from './manifest/manifest.js';
export type { Pairing } from './manifest/names.js';
export { type Merged, mergeStudies } from './merge-studies.js';
export { openStudy, runPath, type Study } from './open-study.js';
export { queueStudy } from './queue/queue-study.js';
export type { QueueTiming } from './queue/study-queue.js';
export { type QueueWork, workQueue } from './queue/work-queue.js';
export { reportStudy, type StudyReported } from './report/report-study.js';
export type { ScriptWord } from './slurm/batch-script.js';
export type { JobArray } from './slurm/job-arrays.js';
export { planSlurm, type SlurmPlan, type SlurmWishes, type Submitted, submitPlan } from './slurm/submit-study.js';
export { doTask, type TaskMeans } from './tasks/do-task.js';
export { frameSsim } from './tasks/measure-ssim.js';
export { countStates, studyStatus, type TaskState, type TaskStatus, taskStatus } from './tasks/status.js';
export { findTask, type Task } from './tasks/tasks.js';

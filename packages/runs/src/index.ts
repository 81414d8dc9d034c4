export { type Analysed, type AnalysisOmission, analyzeRun } from './analyze/analyze-run.js';
export { type Compared, compareRuns } from './analyze/compare-runs.js';
export { type ChosenGrouping, checkGroupings, chooseGroupings } from './analyze/groupings.js';
export {
  type AnalysisPlan,
  type AnalysisWishes,
  type ChosenAnalysis,
  chooseFrames,
  DEFAULT_FRAMES,
  planAnalyses,
} from './analyze/plan-analyses.js';
export { callWords } from './call-words.js';
export { labelledFrame, RUN_FILES } from './folder/files.js';
export { RunFolder } from './folder/folder.js';
export { type Lock, type LockHolder, lockHolder, takeLock } from './folder/lock.js';
export type { RunManifest } from './folder/manifest.js';
export { Run, type TrainingLogEntry } from './folder/run.js';
export { parseStoredJson } from './folder/stored-json.js';
export { checkMemory } from './make/check-memory.js';
export { chooseModel } from './make/choose-model.js';
export { fastSettings } from './make/fast-settings.js';
export { compareRun, demandPicture, describeNan, psnrWords } from './make/measure-run.js';
export { modelConfig } from './make/model-config.js';
export { planNetwork, planRun, type RunWishes } from './make/plan-run.js';
export { type Input, inputNotes, isLabelled, prepareRun, type RunPlan } from './make/prepare-run.js';
export { checkTrainable, trainRun } from './make/train-run.js';
export { trainedWords } from './make/trained-words.js';
export { reachedPsnr, stepsTaken } from './make/until-psnr.js';
export { networkOnnx } from './open/network-onnx.js';
export { openNetwork, openWith, runModel, runWeights } from './open/open-network.js';
export { startPool } from './open/pool.js';
export { type ChosenMaps, fedArrays, runArrays } from './open/run-arrays.js';
export { analysisSummary, type RunModel, type RunSource, runSource } from './open/run-source.js';
export { STRONGEST, strongestNeurons } from './open/strongest-neurons.js';
export { reportRun } from './report-run.js';
export { asked, asWish, describeSettings, settingOf } from './settings.js';
export type { RunOmission } from './stored/omissions.js';
export { changeStar, type Star, type StarChange, storedStars } from './stored/stars.js';
export { type StoredAnalysis, storedAnalysis, storedNumbers } from './stored/store-analysis.js';
export { storedLabels, storedSignal } from './stored/stored-signal.js';
export type { Progress, TaskProgress, Work } from './work.js';

/* Contracts: what authors of plugins implement and read. */

export type { NeuronTotals } from '@xinc/kernels';
export type {
  AnalysisContext,
  AnalysisPlugin,
  AnalysisResult,
  Completeness,
  LabelledRun,
  LayerInfo,
  NamedArray,
  NamedRun,
  RequestContext,
  Table,
} from './analysis.js';
export type { AnalysisSummary } from './analysis-summary.js';
export { shapesOf } from './arrays.js';
export { cellMeans } from './cell-means.js';
export { CONTRACT } from './contract.js';
export {
  COORDINATE_RULES,
  type CoordinateOptions,
  type CoordinateRule,
  frameCoordinate,
  pixelCoordinates,
} from './coordinates.js';
export { type DerivedHooks, type DeriveOptions, deriveHooks, type LayerName } from './derive/derive-hooks.js';
export type { InrProgram } from './derive/program.js';
export { didYouMean } from './did-you-mean.js';
export type {
  Arrays,
  CompileOptions,
  Engine,
  EngineOptions,
  EnginePlugin,
  Executable,
  OnnxExport,
  OnnxHalves,
  PreparedBatch,
  Program,
  Shapes,
  Trainer,
  TrainerState,
  TrainingProgram,
} from './engine.js';
export {
  invalidSetting,
  isXincError,
  throwIfAborted,
  XincError,
  type XincErrorCode,
  type XincErrorFields,
} from './errors.js';
export type { ChartFigure, Figure, FigureMoment, RasterFigure, RasterPanel, RasterScale } from './figure.js';
export { type FrameList, parseFrameList } from './frame-list.js';
export {
  type Group,
  type GroupingContext,
  type GroupingPlugin,
  groupSizes,
  type LabelMap,
} from './grouping.js';
export type {
  Activation,
  CheckpointLayout,
  ConvHook,
  CustomHook,
  CustomTraceContext,
  DenseHook,
  ForwardResult,
  Initializer,
  Inr,
  InrPlugin,
  LayerHook,
  NetworkFile,
  NetworkFiles,
  NetworkInFile,
  ParameterEncoder,
  ParameterSpec,
  Region,
  Stage,
  TrainingDefaults,
  UntracedLayer,
  ValuePlace,
} from './inr.js';
export { formatShape, type NdArray, ndarray, type Shape, sameShape, scalar, sizeOf } from './ndarray.js';
export {
  type NeuronNumbering,
  neuronName,
  neuronNamed,
  neuronNames,
  neuronNoun,
  neuronNumber,
  neuronNumbers,
  parseNeuron,
} from './neuron-name.js';
export { type Omission, omissionSentences } from './omission.js';
export { applyActivation } from './ops/activation.js';
export {
  batchNorm,
  type ChannelStatistics,
  clamp,
  groupNorm,
  layerNorm,
  normalize,
  perChannel,
  rmsNorm,
} from './ops/compositions.js';
export type { Ops } from './ops/ops.js';
export { applyOutput, type OutputRule } from './ops/output.js';
export { chooseTraining, type OptimizerChoice, type OptimizerRates, optimizerSettings } from './optimizers/choice.js';
export type { AdamOptions, MuonOptions, OptimizerName, OptimizerOptions, SoapOptions } from './optimizers/options.js';
export {
  defineAnalysis,
  defineEngine,
  defineGrouping,
  defineInr,
  type Plugin,
  type PluginKind,
} from './plugin.js';
export { countNanPixels, describePsnr, meanPsnr, meanSquaredError, psnrOfError } from './psnr.js';
export { permutation, type RandomStream, randomStream } from './random.js';
export type { Frame, Signal, SignalShape, SignalSource } from './signal.js';
export type { CustomCollector } from './statistics/custom-collector.js';
export type { LayerStatistics, NeuronsPerPixel, StatisticsRequest } from './statistics/statistics.js';
export { type Histogram, lowerEdge, type Threshold, thresholdOf } from './statistics/threshold.js';
export type { MapBlock } from './trace/map-block.js';
export { counted, inWords, listed, percent, whole } from './words.js';

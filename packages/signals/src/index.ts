export { type Framing, type FramingOptions, planFraming, type Region } from './framing.js';
export { decodeFrame, encodePng } from './image/png.js';
export { type LabelsOrientation, parseLabelsOrientation } from './labels/orientation.js';
export { type LabelOptions, readSignalLabels, type SignalLabels } from './labels/read-labels.js';
export { decodeLabels, encodeLabels, type StoredLabels } from './labels/store-labels.js';
export { parseVoidValues, type VoidValues } from './labels/void-values.js';
export { type OpenSignalOptions, openSignal } from './open-signal.js';
export type { PlateBorders, PlateOptions } from './plate/plan-plate.js';
export { splitPlate } from './plate/split-plate.js';
export { type SignalExtentOptions, signalExtent } from './signal-extent.js';
export type { FrameOrigin, SourceSignal } from './signal-source.js';
export { type Extent, parseCrop, parseSize, type Size } from './size.js';
export { sha256OfFiles } from './source-file.js';
export { type Ffmpeg, findFfmpeg } from './video/ffmpeg.js';
export {
  type FrameRange,
  formatFrameRange,
  parseFrameRange,
  type ResolvedRange,
  resolveFrameRange,
} from './video/frame-range.js';
export { type ColourMatrix, parseMatrix } from './video/inspect.js';
export type { VideoOptions } from './video/open-video.js';

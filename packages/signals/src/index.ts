export { type Framing, type FramingOptions, planFraming, type Region } from './framing.js';
export { encodePng, readFrame } from './image/png.js';
export type { FrameLabels } from './labels/label-map.js';
export { readLabels, readSignalLabels } from './labels/read-labels.js';
export { decodeLabels, encodeLabels, type StoredLabels } from './labels/store-labels.js';
export { type OpenSignalOptions, openSignal } from './open-signal.js';
export type { FrameOrigin, SourceSignal } from './signal-source.js';
export { type Extent, parseCrop, parseSize, type Size } from './size.js';

export { type Framing, type FramingOptions, planFraming, type Region } from './framing.js';
export { encodePng, readFrame } from './image/png.js';
export { type OpenSignalOptions, openSignal } from './open-signal.js';
export type { FrameOrigin, SourceSignal } from './signal-source.js';
export { type Extent, parseCrop, parseSize, type Size } from './size.js';

/* Arrays, numbers and names as files and messages hold them: `@xinc/core/formats`. */
export { formatDuration } from '../format-duration.js';
export { printable, printableJson, printableLines } from '../printable.js';
export { formatJson, type JsonNumber, jsonNumber, toJsonNumber } from './json.js';
export {
  decodeNpy,
  encodeNpy,
  isNpy,
  type NpyArray,
  type NpyHeader,
  type NpyValues,
  npyHeader,
  readNpyHeader,
} from './npy.js';
export { decodeSafetensors, encodeSafetensors, MOST_TENSOR_BYTES, type Safetensors } from './safetensors.js';

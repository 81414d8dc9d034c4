/* Arrays, numbers and names as files and messages hold them: `@xinc/core/formats`. */
export { printable, printableJson, printableLines } from '../printable.js';
export { formatBytes, formatDuration } from './amounts.js';
export { formatCsv } from './csv.js';
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
export { isAddressText, panelSettingProblem } from './panel-setting.js';
export { decodeSafetensors, encodeSafetensors, MOST_TENSOR_BYTES, type Safetensors } from './safetensors.js';
export { LONGEST_NOTE, MOST_STARS } from './star-limits.js';

import { extname } from 'node:path';

/** Types of the page's files. */
const ASSET_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** Types of a run's files. There is no type of scripts among them: a run may come from anyone. */
const FILE_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

export const BINARY = 'application/octet-stream';
export const JSON_TYPE = ASSET_TYPES['.json'];
export const SCRIPT_TYPE = ASSET_TYPES['.js'];

export const assetType = (path: string): string => ASSET_TYPES[extname(path).toLowerCase()] ?? BINARY;
export const runFileType = (path: string): string => FILE_TYPES[extname(path).toLowerCase()] ?? BINARY;

/** Whether a type is worth compressing. */
export function isText(type: string): boolean {
  return /^(text\/|application\/json|image\/svg)/.test(type);
}

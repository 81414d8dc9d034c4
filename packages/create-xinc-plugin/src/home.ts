import { fileURLToPath } from 'node:url';

/** This package's own folder, from src/ and from dist/ alike. */
export const HOME = fileURLToPath(new URL('..', import.meta.url));

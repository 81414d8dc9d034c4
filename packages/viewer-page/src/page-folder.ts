import { fileURLToPath } from 'node:url';

/** Folder of the built page: `index.html`, and `assets/` whose names carry a hash of their contents. */
export const PAGE_FOLDER = fileURLToPath(new URL('./page', import.meta.url));

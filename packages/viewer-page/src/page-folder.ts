import { fileURLToPath } from 'node:url';

/** Folder of the built page: `index.html`, and `assets/` whose names carry a hash of their contents. */
export const PAGE_FOLDER = fileURLToPath(new URL('./page', import.meta.url));

/** Folder of the page built for one file: `index.html`, `page.js`, `style.css`, and the scripts of its threads. */
export const FILE_PAGE_FOLDER = fileURLToPath(new URL('./file', import.meta.url));

import { findOneDnn } from '../src/onednn/library.js';

const { XINC_ONEDNN: file } = process.env;
const found = await findOneDnn(2, file && file !== 'off' ? file : undefined);

/** The library, where the machine has it; `XINC_ONEDNN` may name another. */
export const oneDnn = 'library' in found ? found.library : undefined;
export const withoutOneDnn = oneDnn === undefined;
if ('why' in found) console.warn(`Tests of oneDNN are skipped. ${found.why}.`);

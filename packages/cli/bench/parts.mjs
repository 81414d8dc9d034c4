/** What is measured of the command: files of this folder, by their names. */
export const PARTS = ['traces', 'start', 'analyses', 'import', 'quality', 'optimizers', 'large'];

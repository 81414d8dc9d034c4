import { STUDY_FILES } from './files.js';

/** Settings of a run that a study has in its manifest, as texts name them in backticks, and as its reader calls them. */
const IN_STUDY: Readonly<Record<string, string>> = {
  labels: 'labels',
  out: 'name for its network',
  size: 'size',
};

/** A text about a run, whose settings the reader finds in study.yaml: "give `size: 96x256`" → "give size: 96x256 in study.yaml". */
export const inStudy = (text: string): string =>
  text.replace(/`(\w+)(: [^`]+)?`/g, (whole, setting: string, value = '') =>
    Object.hasOwn(IN_STUDY, setting) ? `${IN_STUDY[setting]}${value} in ${STUDY_FILES.manifest}` : whole,
  );

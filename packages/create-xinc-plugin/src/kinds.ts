/** What can be scaffolded: each has a folder of this name in templates/. */
export const KINDS = {
  network: 'a family of networks, which is trained, traced and exported',
  grouping: 'a division of the pixels, whose groups neurons are compared over',
  analysis: 'findings, tables and figures made of what is gathered of all neurons',
  panel: 'an analysis, and a panel of the viewer that shows it',
} as const;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** The file of a template that is changed first. */
export const ENTRIES: Readonly<Record<Kind, string>> = {
  network: 'src/network.ts',
  grouping: 'src/grouping.ts',
  analysis: 'src/analysis.ts',
  panel: 'src/panel.ts',
};

/** Colours of the page, in its theme. */
export interface PageColors {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
}

/** What they are at present. */
export function pageColors(): PageColors {
  const style = getComputedStyle(document.documentElement);
  const [surface, ink, muted] = ['--surface', '--ink', '--muted'].map((name) => style.getPropertyValue(name).trim());
  return { surface, ink, muted };
}

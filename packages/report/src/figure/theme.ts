/** Colours of everything in a figure that is not a result: text, axes, grid, background. */
export interface Theme {
  readonly background: string | null;
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly grid: string;
  /** The colour of marks that the figure gives none. */
  readonly accent: string;
}

export const LIGHT: Theme = {
  background: '#ffffff',
  ink: '#1d2026',
  muted: '#565c67',
  rule: '#9097a1',
  grid: '#e7e9ec',
  accent: '#0072b2',
};

export const DARK: Theme = {
  background: '#15171b',
  ink: '#e8e9ec',
  muted: '#aab0ba',
  rule: '#6d747f',
  grid: '#2b2f36',
  accent: '#56b4e9',
};

/** For charts inside the report: its style sheet decides, so that one drawing serves light, dark and print. */
export const PAGE: Theme = {
  background: null,
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  rule: 'var(--axis)',
  grid: 'var(--grid)',
  accent: 'var(--accent)',
};

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

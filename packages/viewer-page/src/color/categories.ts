/*
 * Colours that tell categories apart, also to colour-blind readers (after Okabe & Ito 2008), each with a contrast of at least 3 to
 * the page behind it. Where there are more categories, colours come again: numbers beside them have to tell which.
 */
const COLORS = {
  light: ['#0072b2', '#c47f00', '#009068', '#d55e00', '#3391cc', '#b8568c', '#767676', '#8f8500'],
  dark: ['#4aa3df', '#e69f00', '#2fbf95', '#ef7b35', '#a6dbfa', '#e39ac4', '#a8a8a8', '#f0e442'],
} as const;

export function categoryColor(category: number, theme: 'light' | 'dark'): string {
  const colors = COLORS[theme];
  return colors[category % colors.length];
}

/** The colour of what belongs to no category, or whose value is not known. */
export function noCategoryColor(theme: 'light' | 'dark'): string {
  return theme === 'light' ? '#c3c7cd' : '#4a515b';
}

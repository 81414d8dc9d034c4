let loads = 0;

/**
 * Counts what the page is loading or tracing. The count stands in `data-loads` of the root element, for whoever waits until
 * a page is at rest before looking at it: tests, and those who take pictures of pages.
 */
export function countLoad(change: 1 | -1): void {
  loads += change;
  document.documentElement.dataset.loads = String(loads);
}

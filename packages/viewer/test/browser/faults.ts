import type { Page } from 'playwright-core';

/**
 * What axe finds wrong, by WCAG 2.2 A and AA and its own best practices: the rule and the elements. It is run outside the
 * page's policy, which keeps it out like any other foreign script.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { source } = (await import('axe-core')).default;
  await page.evaluate(source);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
    );
  });
}

/** Whether the page needs to be scrolled: everything has to fit, whatever its size. */
export function overflow(page: Page): Promise<{ right: number; bottom: number }> {
  return page.evaluate(() => {
    const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
    return { right: scrollWidth - clientWidth, bottom: scrollHeight - clientHeight };
  });
}

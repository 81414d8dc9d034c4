/**
 * Colours and letters of the page, for Vega.
 * @param enlarged how many times larger than usual the page's letters are
 */
export function chartConfig(token: (name: string) => string, enlarged = 1): Readonly<Record<string, unknown>> {
  const [ink, muted, rule] = [token('--ink'), token('--muted'), token('--rule')];
  const [small, large] = [11 * enlarged, 12 * enlarged];
  const font = 'system-ui, sans-serif';
  return {
    background: null,
    font,
    view: { stroke: rule },
    axis: {
      labelColor: muted,
      titleColor: ink,
      titleFontWeight: 'normal',
      gridColor: rule,
      domainColor: rule,
      tickColor: rule,
      labelFontSize: small,
      titleFontSize: large,
    },
    legend: {
      labelColor: muted,
      titleColor: ink,
      titleFontWeight: 'normal',
      labelFontSize: small,
      titleFontSize: large,
    },
    header: { labelColor: ink, titleColor: ink, labelFontSize: small, titleFontSize: large },
    title: { color: ink, subtitleColor: muted },
    text: { color: ink, fontSize: small },
    rule: { color: muted },
    mark: { tooltip: true },
  };
}

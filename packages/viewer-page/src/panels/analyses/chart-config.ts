/** Colours and letters of the page, for Vega. */
export function chartConfig(token: (name: string) => string): Readonly<Record<string, unknown>> {
  const [ink, muted, rule] = [token('--ink'), token('--muted'), token('--rule')];
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
      labelFontSize: 11,
      titleFontSize: 12,
    },
    legend: { labelColor: muted, titleColor: ink, titleFontWeight: 'normal', labelFontSize: 11, titleFontSize: 12 },
    header: { labelColor: ink, titleColor: ink },
    title: { color: ink, subtitleColor: muted },
    text: { color: ink },
    rule: { color: muted },
    mark: { tooltip: true },
  };
}

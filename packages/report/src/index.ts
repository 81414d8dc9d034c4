export {
  type FigureOptions,
  prepareFigures,
  printFigure,
  renderFigure,
  renderWebFigure,
} from './figure/render-figure.js';
export { renderReport } from './render-report.js';
export type {
  Picture,
  Report,
  ReportAnalysis,
  ReportFrame,
  ReportLayer,
  ReportModel,
  ReportOmission,
  ReportReconstruction,
  ReportSettings,
  ReportSignal,
  TrainingPoint,
} from './report.js';
export { renderPreview, renderThumbnail, type SitePreview } from './site/preview.js';
export { renderSitePage, SITE_STYLE, type SitePage, socialTags } from './site/site-page.js';
export { renderStudyReport, type StudyReport, type StudyReportPart, type StudyReportTable } from './study-report.js';

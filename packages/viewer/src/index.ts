export type { AnalysisView, PanelHost, PanelModule, PanelScene, StoredAnalysis } from '@xinc/viewer-page';
export { type PublishedSite, type PublishOptions, publishSite } from './site/publish-site.js';
export { type RunningViewer, startViewer, type ViewerOptions } from './start-viewer.js';

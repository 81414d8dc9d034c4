export type { AnalysisView, PanelHost, PanelModule, PanelScene, StoredAnalysis } from '@xinc/viewer-page';
export type { RunModel, RunSource } from './run-source.js';
export { type RunningViewer, startViewer, type ViewerOptions } from './start-viewer.js';

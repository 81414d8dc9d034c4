export type { AnalysisView, PanelHost, PanelModule, PanelScene, StoredAnalysis } from './api.js';
export type { RunModel, RunSource } from './server/run-source.js';
export { type RunningViewer, startViewer, type ViewerOptions } from './server/start-viewer.js';

export type { RunEvent, RunView, Session } from './api.js';

export { readOverview, readRequests } from './overview.ts';
export { type ProcessRole, type Recorder, startRecorder } from './recorder.ts';
export { readTimeline } from './timeline.ts';

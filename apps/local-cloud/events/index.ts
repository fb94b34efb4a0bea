export type { BusEvent } from './bus-event.ts';
export { createEventBridge, type EventBridge, type EventBridgeControls } from './event-bridge.ts';
export { type CompiledPattern, compilePattern, PatternError } from './pattern.ts';

export type { PublishedMessage } from './notification.ts';
export { createSns, type Sns } from './sns.ts';

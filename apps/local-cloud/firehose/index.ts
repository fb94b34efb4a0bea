export { createFirehose } from './firehose.ts';

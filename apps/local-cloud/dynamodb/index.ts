/** The local cloud's DynamoDB. */
export { createDynamoDb } from './dynamo-db.ts';
export type { DynamoStreams, StreamRecord } from './streams.ts';

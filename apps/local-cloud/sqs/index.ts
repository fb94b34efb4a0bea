export { queueArn, queueNameFromUrl, queueUrl, queueUrlFromArn } from './queue-address.ts';
export { createSqs, type Sqs } from './sqs.ts';

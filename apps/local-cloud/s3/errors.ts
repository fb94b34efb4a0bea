/** The errors S3 answers with, under S3's own codes and statuses. */
import { AwsError } from '../service.ts';

export const noSuchBucket = (bucket: string): AwsError =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });

export const noSuchKey = (key: string): AwsError => new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });

export const noSuchVersion = (key: string, versionId: string): AwsError =>
  new AwsError('NoSuchVersion', 'The specified version does not exist.', 404, { Key: key, VersionId: versionId });

export const noSuchUpload = (uploadId: string): AwsError =>
  new AwsError(
    'NoSuchUpload',
    'The specified multipart upload does not exist. The upload ID may be invalid, or it was completed or aborted.',
    404,
    {
      UploadId: uploadId,
    },
  );

export const accessDenied = (message: string): AwsError => new AwsError('AccessDenied', message, 403);

export const lockedByObjectLock = (): AwsError => accessDenied('Access Denied because object protected by object lock.');

export const preconditionFailed = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, { Condition: condition });

export const notModified = (): AwsError => new AwsError('NotModified', 'Not Modified', 304);

export const invalidArgument = (message: string, name?: string): AwsError =>
  new AwsError('InvalidArgument', message, 400, name === undefined ? {} : { ArgumentName: name });

export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequest', message, 400);

export const malformedXml = (): AwsError =>
  new AwsError('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema', 400);

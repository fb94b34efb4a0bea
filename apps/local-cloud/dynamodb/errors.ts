/** The errors of DynamoDB, worded as it words them: client code and tests match on these texts. */
import { AwsError } from '../service.ts';

/** ValidationException with this message. */
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

export const invalidParameter = (what: string): AwsError => invalid(`One or more parameter values were invalid: ${what}`);

/** The request's JSON does not have the shape of the API. */
export const malformed = (message: string): AwsError => new AwsError('SerializationException', message);

export const tableNotFound = (tableName?: string): AwsError =>
  new AwsError(
    'ResourceNotFoundException',
    tableName === undefined ? 'Requested resource not found' : `Requested resource not found: Table: ${tableName} not found`,
  );

/** With `item`, the caller asked to see what the condition met. */
export const conditionFailed = (item: object | undefined): AwsError =>
  new AwsError('ConditionalCheckFailedException', CONDITION_FAILED, 400, item === undefined ? {} : { Item: item });

export const CONDITION_FAILED = 'The conditional request failed';

/** One member failed the service model's constraint. */
export const constraintFailed = (value: unknown, member: string, constraint: string): AwsError => {
  const shown =
    value === undefined || value === null ? 'Value null' : `Value '${typeof value === 'object' ? JSON.stringify(value) : String(value)}'`;
  return invalid(`1 validation error detected: ${shown} at '${member}' failed to satisfy constraint: ${constraint}`);
};

/**
 * Contract cards of STS, through the real SDK.
 *
 * STS-01 a caller is told who AWS takes it for: the session of its role
 * STS-02 what is not done here is refused by name
 */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { createSts } from '../../../../apps/local-cloud/sts/index.ts';
import { clientDefaults, sdkOverWire, TestCaller, testHost } from '../sdk-over-wire.ts';

const client = (): STSClient => new STSClient({ ...clientDefaults, requestHandler: sdkOverWire(createSts(testHost()), new TestCaller()) });

test('STS-01 tells a caller the session of its role', async () => {
  expect(await client().send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '111122223333',
    Arn: 'arn:aws:sts::111122223333:assumed-role/tester/test',
    UserId: 'tester:test',
  });
});

test('STS-02 refuses by name what it does not do', async () => {
  await expect(
    client().send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::111122223333:role/tester', RoleSessionName: 'x' })),
  ).rejects.toThrow(/does not emulate STS AssumeRole/);
});

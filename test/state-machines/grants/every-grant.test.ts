/**
 * Every statement of every role is needed: without it, something the fund does fails, and says which action is missing on which
 * resource. The statements are read from the templates, and what needs each is found by watching IAM while the fund does
 * all it does; so a new grant is tested the day it is written, or named here as needed by nothing.
 */
import { describe, expect, test } from 'vitest';
import type { StatementSummary } from '../../../apps/local-cloud/iam/index.ts';
import { bootFund } from '../../support/boot-fund.ts';
import { decisiveStatements, type Use, unusedActions, usesDuring } from '../support/permissions.ts';
import { type Probe, play } from '../support/probe.ts';
import { probes } from '../support/probes.ts';

const statements = await allStatements();
const watched = await watchProbes();

/** What AWS's documentation says Firehose needs to deliver; when it asks for these, it does not say. */
const askedByFirehose =
  /DeliveryRole\w*: (s3:(AbortMultipartUpload|GetBucketLocation|ListBucket|ListBucketMultipartUploads)|kms:Decrypt|glue:GetTable|glue:GetTableVersion) /;

async function allStatements(): Promise<readonly StatementSummary[]> {
  // With data, so that its ingest, which a process does once, lies before the watching.
  await using fund = await bootFund();
  return fund.fund.cloud.iam.statements();
}

interface Watched {
  readonly probe: Probe;
  readonly wentWell: boolean;
  readonly said: string;
  readonly uses: readonly Use[];
  readonly decisive: ReadonlySet<string>;
}

async function watchProbes(): Promise<readonly Watched[]> {
  const found: Watched[] = [];
  for (const probe of probes) {
    let end = { wentWell: false, said: '' };
    const uses = await usesDuring(async () => {
      end = await play(probe);
    });
    found.push({ probe, ...end, uses, decisive: decisiveStatements(statements, uses) });
  }
  return found;
}

test.each(watched.map(({ probe, wentWell, said }) => [probe.what, wentWell ? 'well' : said] as const))(
  'with every grant, %s ends as it should',
  (_what, end) => expect(end).toBe('well'),
);

test('every statement is needed by something the fund does', () => {
  const needed = new Set(watched.flatMap(({ decisive }) => [...decisive]));
  expect(statements.filter(({ id }) => !needed.has(id))).toEqual([]);
});

test('every action of every statement is needed by something the fund does', () => {
  const unused = unusedActions(
    statements,
    watched.flatMap(({ uses }) => uses),
  );
  expect(unused.filter((one) => !askedByFirehose.test(one))).toEqual([]);
});

describe('without its grant', () => {
  // Any probe that needs the statement will do: what says least takes least time. One that used it in passing, e.g. to sign what another
  // signs just as well, may do without.
  const triedMost = 3;
  const shortestFirst = watched.toSorted((a, b) => a.said.length - b.said.length);
  // That each is needed, the watching above has shown of all. What taking one away looks like is tried with every ninth here, and with all
  // of them in `npm run verify:deep`.
  const every = process.env.BALLAST_DEEP === undefined ? 9 : 1;
  const cases = statements.filter((_, index) => index % every === 0).map((statement) => [nameOf(statement), statement] as const);

  test.each(cases)('%s is refused by name', async (_name, statement) => {
    const needing = shortestFirst.filter(({ decisive }) => decisive.has(statement.id)).slice(0, triedMost);
    const ends: string[] = [];
    for (const { probe } of needing) {
      const { wentWell, said } = await play(probe, [statement.id]);
      if (!wentWell && namesRefusal(said, statement)) return;
      ends.push(`${probe.what}: ${wentWell ? 'ended well' : 'failed without naming it'}`);
    }
    expect.fail(`Nothing that was tried failed for want of it. ${ends.join('; ') || 'No probe needs it.'}`);
  });
});

function nameOf({ id, roleName, actions, resources }: StatementSummary): string {
  const role = roleName.replace(/^ballast-dev-/, '').replace(/[0-9A-F]{8}$/, '');
  return `${role} ${id.split('/').at(-1)}: ${actions.join(', ')} on ${resources.map((resource) => resource.split(':').slice(5).join(':') || resource).join(', ')}`;
}

/** Whether what was said names the role, an action of the statement, and a resource it is about, in IAM's own words. */
function namesRefusal(said: string, { roleName, actions, resources }: StatementSummary): boolean {
  const refusals = said.matchAll(/assumed-role\/([^/]+)\/\S+ is not authorized to perform: (\S+) on resource: [\\"]*([^\s"\\]+)/g);
  return [...refusals].some(
    ([, role, action, resource]) =>
      role === roleName &&
      actions.some((granted) => granted.toLowerCase() === action!.toLowerCase()) &&
      resources.some((granted) => granted === '*' || new RegExp(`^${granted.split('*').map(RegExp.escape).join('.*')}$`).test(resource!)),
  );
}

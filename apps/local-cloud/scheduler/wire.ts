/** Scheduler's REST JSON: the path and method name the operation, the query and the body hold its input. */
import { Buffer } from 'node:buffer';
import { AwsError, type WireProtocol, type WireRequest } from '../service.ts';
import { toWire } from '../wire/json.ts';

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly operation: string;
  /** The member that the path's last segment fills. */
  readonly label?: string;
  /** Members by their name in the query. */
  readonly query?: Readonly<Record<string, string>>;
}

const withToken = { clientToken: 'ClientToken' };
const schedule = /^\/schedules\/([^/]+)$/;
const group = /^\/schedule-groups\/([^/]+)$/;

const routes: readonly Route[] = [
  { method: 'POST', path: schedule, operation: 'CreateSchedule', label: 'Name' },
  { method: 'PUT', path: schedule, operation: 'UpdateSchedule', label: 'Name' },
  { method: 'GET', path: schedule, operation: 'GetSchedule', label: 'Name', query: { groupName: 'GroupName' } },
  { method: 'DELETE', path: schedule, operation: 'DeleteSchedule', label: 'Name', query: { groupName: 'GroupName', ...withToken } },
  {
    method: 'GET',
    path: /^\/schedules\/?$/,
    operation: 'ListSchedules',
    query: { ScheduleGroup: 'GroupName', NamePrefix: 'NamePrefix', State: 'State', NextToken: 'NextToken', MaxResults: 'MaxResults' },
  },
  { method: 'POST', path: group, operation: 'CreateScheduleGroup', label: 'Name' },
  { method: 'GET', path: group, operation: 'GetScheduleGroup', label: 'Name' },
  { method: 'DELETE', path: group, operation: 'DeleteScheduleGroup', label: 'Name', query: withToken },
  {
    method: 'GET',
    path: /^\/schedule-groups\/?$/,
    operation: 'ListScheduleGroups',
    query: { NamePrefix: 'NamePrefix', NextToken: 'NextToken', MaxResults: 'MaxResults' },
  },
  { method: 'GET', path: /^\/tags\/(.+)$/, operation: 'ListTagsForResource', label: 'ResourceArn' },
  { method: 'POST', path: /^\/tags\/(.+)$/, operation: 'TagResource', label: 'ResourceArn' },
  { method: 'DELETE', path: /^\/tags\/(.+)$/, operation: 'UntagResource', label: 'ResourceArn' },
];

const dates = new Set(['StartDate', 'EndDate']);
const numbers = new Set(['MaxResults']);

export const schedulerWire: WireProtocol = {
  decode({ method, path, query, body }) {
    for (const route of routes) {
      const match = route.method === method ? route.path.exec(path) : null;
      if (!match) continue;
      const input: Record<string, unknown> = { ...parseBody(body) };
      for (const [name, member] of Object.entries(route.query ?? {})) {
        const value = query.get(name);
        if (value !== null) input[member] = numbers.has(member) ? Number(value) : value;
      }
      if (route.label) input[route.label] = decodeURIComponent(match[1]!);
      return { operation: route.operation, input };
    }
    throw new AwsError('UnknownOperationException', `${method} ${path} names no operation of Scheduler`, 404);
  },
  encode(_operation, output, requestId) {
    return { status: 200, headers: headersOf(requestId), body: JSON.stringify(toWire(output ?? {})) };
  },
  encodeError(error, requestId) {
    const body = JSON.stringify({ Message: error.message, ...(toWire(error.members) as object) });
    return { status: error.status, headers: { ...headersOf(requestId), 'x-amzn-errortype': error.code }, body };
  },
};

function parseBody(body: WireRequest['body']): Record<string, unknown> {
  const text = Buffer.from(body).toString('utf8');
  if (text === '') return {};
  try {
    return JSON.parse(text, (key, value: unknown) =>
      dates.has(key) && typeof value === 'number' ? new Date(value * 1000) : value,
    ) as Record<string, unknown>;
  } catch {
    throw new AwsError('SerializationException', 'The request body is no JSON');
  }
}

const headersOf = (requestId: string): Record<string, string> => ({ 'content-type': 'application/json', 'x-amzn-requestid': requestId });

/** Query and Scan, over a table or one of its indexes. */
import type { CallContext } from '../../service.ts';
import { invalid } from '../errors.ts';
import { Bindings } from '../expressions/bindings.ts';
import { pathsOf } from '../expressions/condition-check.ts';
import { type KeyRange, keyRangeOf, placeInRange } from '../expressions/key-condition.ts';
import type { Condition } from '../expressions/syntax.ts';
import { leadingKeyText, partitionText, segmentOf } from '../items/ordering.ts';
import { flag, optionalText, type Request, refuseLegacy, wholeNumber } from '../request.ts';
import { comparePlaces, type FilledPlace, type Place, type Table } from '../table.ts';
import { keyAttributesOf } from '../table-definition.ts';
import type { Tables } from '../tables.ts';
import { findIndex, type PagePlan, planPage, readPage, type Source, sourceOf, startPlace } from './page.ts';

export function query(tables: Tables, request: Request, context: CallContext): object {
  refuseLegacy(request);
  const indexName = optionalText(request, 'IndexName');
  const bindings = Bindings.of(request, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression']);
  const condition = bindings.condition(request, 'KeyConditionExpression');
  const leadingKeys = (table: Table): readonly string[] => leadingKeysOf(table, indexName, condition, bindings);
  const table = tables.open(context, { action: 'Query', tableName: request.TableName, indexName, leadingKeys });
  if (condition === undefined)
    throw invalid('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  const source = sourceOf(table, request);
  const keyRange = keyRangeOf(condition, bindings, source.keys);
  const plan = planPage(source, request, bindings);
  refuseKeyFilter(plan);
  return walkRange(plan, keyRange, startPlace(source, request), request);
}

export function scan(tables: Tables, request: Request, context: CallContext): object {
  refuseLegacy(request);
  const indexName = optionalText(request, 'IndexName');
  const table = tables.open(context, { action: 'Scan', tableName: request.TableName, indexName });
  const source = sourceOf(table, request);
  const plan = planPage(source, request, Bindings.of(request, ['ProjectionExpression', 'FilterExpression']));
  const inSegment = segmentFilter(request);
  const start = startPlace(source, request);
  const places = source.places.upwardsFrom((place) => start === undefined || comparePlaces(place, start) > 0);
  return readPage(plan, places, (place) => (inSegment(place) ? 'take' : 'skip'), request);
}

function walkRange(plan: PagePlan, { partition: partitionKey, range }: KeyRange, start: Place | undefined, request: Request): object {
  const partition = partitionText(partitionKey);
  if (start && start.partition !== partition) {
    throw invalid('The provided starting key is outside query boundaries based on provided conditions');
  }
  if (start && placeInRange(range, start.sort) !== 'inside')
    throw invalid('The provided starting key does not match the range key predicate');
  const { places } = plan.source;
  if (flag(request, 'ScanIndexForward', true)) {
    const reached = (place: Place): boolean =>
      start
        ? comparePlaces(place, start) > 0
        : place.partition > partition || (place.partition === partition && placeInRange(range, place.sort) !== 'before');
    return readPage(
      plan,
      places.upwardsFrom(reached),
      within(partition, (place) => placeInRange(range, place.sort) === 'behind'),
      request,
    );
  }
  const passed = (place: Place): boolean =>
    start
      ? comparePlaces(place, start) >= 0
      : place.partition > partition || (place.partition === partition && placeInRange(range, place.sort) === 'behind');
  return readPage(
    plan,
    places.downwardsFrom(passed),
    within(partition, (place) => placeInRange(range, place.sort) === 'before'),
    request,
  );
}

const within =
  (partition: string, over: (place: FilledPlace) => boolean) =>
  (place: FilledPlace): 'take' | 'stop' =>
    place.partition !== partition || over(place) ? 'stop' : 'take';

function leadingKeysOf(
  table: Table,
  indexName: string | undefined,
  condition: Condition | undefined,
  bindings: Bindings,
): readonly string[] {
  const keys = indexName === undefined ? table.definition : findIndex(table, indexName)?.definition;
  if (keys === undefined || condition === undefined) return [];
  return [leadingKeyText(keyRangeOf(condition, bindings, keys).partition)];
}

function refuseKeyFilter({ filter, bindings, source }: { filter: PagePlan['filter']; bindings: Bindings; source: Source }): void {
  if (filter === undefined) return;
  const heads = new Set(pathsOf(filter, bindings).map((path) => path[0]));
  for (const { name } of keyAttributesOf(source.keys)) {
    if (heads.has(name)) throw invalid(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`);
  }
}

function segmentFilter(request: Request): (place: Place) => boolean {
  const segment = wholeNumber(request, 'Segment', 0);
  const total = wholeNumber(request, 'TotalSegments', 1);
  if (segment !== undefined && total === undefined) {
    throw invalid('The TotalSegments parameter is required but was not present in the request when Segment parameter is present');
  }
  if (total === undefined) return () => true;
  if (segment === undefined) {
    throw invalid('The Segment parameter is required but was not present in the request when parameter TotalSegments is present');
  }
  if (segment >= total) {
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  return ({ partition }) => segmentOf(partition, total) === segment;
}

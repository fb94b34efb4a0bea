/**
 * Archives keep the events of a bus, as many as their pattern lets in, for their days of retention; a replay puts them
 * on the bus again, marked with the replay's name. What is kept survives the process.
 */
import type { ReplayState, StartReplayRequest } from '@aws-sdk/client-eventbridge';
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError, type CloudHost } from '../service.ts';
import type { BusEvent } from './bus-event.ts';
import { KeptMap } from './kept-map.ts';
import type { CompiledPattern } from './pattern.ts';

export interface Archive {
  readonly name: string;
  readonly arn: string;
  readonly busArn: string;
  readonly pattern?: CompiledPattern;
  /** 0 keeps for ever. */
  readonly retentionDays: number;
}

interface ArchivedEvent {
  readonly archive: string;
  readonly keptAt: EpochMs;
  readonly event: BusEvent;
}

export interface Replay {
  readonly name: string;
  readonly arn: string;
  readonly request: StartReplayRequest;
  readonly startedAt: EpochMs;
  state: ReplayState;
  endedAt?: EpochMs;
  lastReplayedAt?: EpochMs;
}

const DAY_MS = 86_400_000;

export class Archives {
  readonly #host: CloudHost;
  readonly #archives = new Map<string, Archive>();
  readonly #events: KeptMap<ArchivedEvent>;
  readonly #replays = new Map<string, Replay>();

  constructor(host: CloudHost, path: string | undefined) {
    this.#host = host;
    this.#events = new KeptMap(path);
  }

  add(archive: Archive): void {
    this.#archives.set(archive.name, archive);
  }

  /** Replayed events are not archived a second time. */
  keep(busArn: string, event: BusEvent): void {
    if (event['replay-name'] !== undefined) return;
    for (const archive of this.#archives.values()) {
      if (archive.busArn !== busArn || (archive.pattern && !archive.pattern.matches(event))) continue;
      this.#dropExpired();
      this.#events.set(`${archive.name}/${event.id}`, { archive: archive.name, keptAt: this.#host.clock.now(), event });
    }
  }

  /** Of one bus, or all. */
  all(busArn?: string): Archive[] {
    return [...this.#archives.values()].filter((archive) => busArn === undefined || archive.busArn === busArn);
  }

  /** Oldest first. */
  eventsOf(archiveName: string): BusEvent[] {
    this.#dropExpired();
    return [...this.#events.values()].filter(({ archive }) => archive === archiveName).map(({ event }) => event);
  }

  /** @throws AwsError for an unknown archive, a name in use, or another bus than the archive's. */
  startReplay(request: StartReplayRequest): { replay: Replay; events: BusEvent[] } {
    const { ReplayName, EventSourceArn, EventStartTime, EventEndTime, Destination } = request;
    if (!ReplayName || !EventSourceArn || !EventStartTime || !EventEndTime || !Destination?.Arn) {
      throw new AwsError('ValidationException', 'A replay has ReplayName, EventSourceArn, EventStartTime, EventEndTime and Destination.');
    }
    const archive = [...this.#archives.values()].find(({ arn }) => arn === EventSourceArn);
    if (!archive)
      throw new AwsError(
        'ResourceNotFoundException',
        `Parameter EventSourceArn is not valid. Reason: Archive ${EventSourceArn} does not exist.`,
      );
    if (this.#replays.has(ReplayName)) throw new AwsError('ResourceAlreadyExistsException', `Replay ${ReplayName} already exists.`);
    if (Destination.Arn !== archive.busArn) {
      throw new AwsError('ValidationException', 'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.');
    }
    const arn = `arn:aws:events:${this.#host.region}:${this.#host.accountId}:replay/${ReplayName}`;
    const replay: Replay = { name: ReplayName, arn, request, startedAt: this.#host.clock.now(), state: 'RUNNING' };
    this.#replays.set(ReplayName, replay);
    const events = this.eventsOf(archive.name)
      .filter(({ time }) => Date.parse(time) >= EventStartTime.getTime() && Date.parse(time) <= EventEndTime.getTime())
      .map((event) => ({ ...event, 'replay-name': ReplayName }));
    return { replay, events };
  }

  /** @throws AwsError ResourceNotFoundException */
  replay(name: string): Replay {
    const replay = this.#replays.get(name);
    if (!replay) throw new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`);
    return replay;
  }

  close(): void {
    this.#events.close();
  }

  #dropExpired(): void {
    const now = this.#host.clock.now();
    for (const [key, { archive, keptAt }] of this.#events.entries()) {
      const days = this.#archives.get(archive)?.retentionDays ?? 0;
      if (days > 0 && keptAt + days * DAY_MS < now) this.#events.delete(key);
      // Kept in order of arrival: the first that is young enough ends the search, where all archives share a bound.
      else if (this.#archives.size === 1) return;
    }
  }
}

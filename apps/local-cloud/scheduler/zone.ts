/**
 * Wall-clock time to instants, by the zone rules that Node's Intl carries. A wall-clock time that daylight saving
 * skips has no instant; one that it repeats gets its first.
 */
import type { EpochMs } from '../../../shared/kernel/units.ts';
import { AwsError } from '../service.ts';

const DAY_MS = 86_400_000;

/** Milliseconds since 1970-01-01T00:00 on the zone's own clocks. */
export type WallMs = number;

export interface Zone {
  /** Milliseconds the zone's clocks are ahead of UTC at that instant. */
  offsetMs(instant: number): number;
  /** The instant when clocks first show this; `undefined` when they never do. */
  instantOf(wall: WallMs): EpochMs | undefined;
  /** The offset that holds for a whole wall-clock day, or `undefined` on a day near a change. */
  steadyOffsetMs(wallMidnight: WallMs): number | undefined;
}

/** @throws AwsError ValidationException for a name that is no IANA zone. */
export function zoneOf(name: string): Zone {
  const format = formatFor(name);
  const offsetMs = (instant: number): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const wall = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    return wall - Math.floor(instant / 1000) * 1000;
  };
  const offsetsAround = (wall: WallMs): [before: number, after: number] => [offsetMs(wall - 2 * DAY_MS), offsetMs(wall + 2 * DAY_MS)];
  return {
    offsetMs,
    instantOf(wall) {
      // The larger offset gives the earlier instant, which is the first showing of a repeated time.
      for (const offset of offsetsAround(wall).sort((a, b) => b - a)) {
        if (offsetMs(wall - offset) === offset) return (wall - offset) as EpochMs;
      }
      return undefined;
    },
    steadyOffsetMs(wallMidnight) {
      const [before, after] = offsetsAround(wallMidnight + DAY_MS / 2);
      return before === after ? before : undefined;
    },
  };
}

function formatFor(name: string): Intl.DateTimeFormat {
  const numeric = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
      second: numeric,
    });
  } catch {
    throw new AwsError('ValidationException', `Invalid Schedule Expression Timezone ${name}.`);
  }
}

/** The audit trail for a person: records in a table, and what verification found. */
import type { AuditRecord } from '../../../shared/stores/audit.ts';
import type { AuditFinding, AuditReport } from '../audit/verify-audit.ts';
import type { Io } from '../io.ts';
import { renderTable } from './table.ts';

const findingsShown = 20;

export const auditTable = (records: readonly AuditRecord[], io: Io): string =>
  renderTable(
    [
      { title: 'sequence', align: 'right', text: ({ sequence }) => String(sequence) },
      { title: 'type', text: ({ record }) => record.type },
      { title: 'subject', text: ({ trailId, record }) => String(record.record.symbol ?? record.record.cycle_id ?? trailId) },
      { title: 'decision', text: ({ record: { record } }) => String(record.final_decision ?? record.outcome ?? record.state ?? '') },
      {
        title: 'reasons',
        text: ({ record: { record } }) => [record.reason_codes ?? record.reason ?? record.refusal ?? ''].flat().join(', '),
      },
      { title: 'hash', text: ({ hash }) => hash.slice(0, 16) },
    ],
    records,
    io.colors.dim,
  );

export function verificationReport({ table, archive, checkpoints, findings, intact }: AuditReport, { colors }: Io): string {
  const { last, uncovered, publicKeySha256, isKeyTrusted } = checkpoints;
  const lines = [
    ...(table === null ? [] : [`table        ${table.records} records`]),
    `archive      ${archive.records} records in ${archive.objects} objects${archive.behind > 0 ? `; ${archive.behind} not there yet` : ''}`,
    `checkpoints  ${checkpoints.count}${last === null ? '' : `, the last at record ${last.sequence} of ${last.at}; ${uncovered} records since`}`,
    ...(publicKeySha256 === null ? [] : [`public key   SHA-256 ${publicKeySha256}`]),
  ];
  if (publicKeySha256 !== null && !isKeyTrusted)
    lines.push(
      colors.yellow('The public key is the one in the checkpoints: hold its SHA-256 against the one you wrote down, or give --public-key.'),
    );
  if (intact) return [...lines, colors.green('Everything that is on record is what was written.')].join('\n');
  const shown = findings.slice(0, findingsShown).map((found) => `  ${lineOf(found)}`);
  const more = findings.length > findingsShown ? [`  and ${findings.length - findingsShown} more; --json has them all`] : [];
  return [...lines, colors.red(`The audit trail is broken. First: ${lineOf(findings[0]!)}.`), ...shown.slice(1), ...more].join('\n');
}

function lineOf(found: AuditFinding): string {
  const subject =
    'trailId' in found && found.trailId !== null ? ` (${found.type} of ${found.trailId})` : 'key' in found ? ` (${found.key})` : '';
  const differs = 'expected' in found ? `; expected ${found.expected}, found ${found.found}` : '';
  return `${found.fault} at record ${found.sequence}${subject}, ${found.where}: ${found.finding}${differs}`;
}

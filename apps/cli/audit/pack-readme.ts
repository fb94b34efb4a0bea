/** The page that goes with an evidence pack: what each file is, and the commands that check it with nothing of ours. */
import type { Checkpoint } from '../../../shared/domain/audit/checkpoint.ts';
import { sha256Hex } from '../../../shared/kernel/canonical-json.ts';
import type { AuditReport } from './verify-audit.ts';

export interface PackReadme {
  readonly fund: string;
  readonly year: number;
  readonly publicKey: Uint8Array;
  readonly verification: AuditReport;
  readonly records: number;
  readonly signed: readonly Checkpoint[];
}

export function packReadme({ fund, year, records, signed, publicKey, verification }: PackReadme): string {
  const verdict = verification.intact
    ? 'found everything as it was written'
    : `found ${verification.findings.length} faults; the first: ${verification.findings[0]!.finding}`;
  return `# Evidence of ${fund}, ${year}

${records} audit records and ${signed.length} signed checkpoints of the year. When this pack was made, verification of the whole trail
${verdict} (verification.json).

| File | What it is |
|---|---|
| records.ndjson | every audit record written in ${year}, one to a line, as it lies in the write-once archive |
| checkpoints/N.txt, N.sig, N.record | what was signed when record N was the last; the signature; the text that the hash of record N is made of |
| public-key.pem | the key to verify with. Its SHA-256 (DER) is ${sha256Hex(publicKey)}: hold it against a copy that came another way |
| decisions.csv, orders.csv | what was decided per symbol, and what became of each order |
| overrides.csv | what people did beside the cycles: policy, control, legal holds, liquidations |
| breaches.csv | cycles that risk did not simply allow, or that were halted |
| policies.json | every version of the policy that was in force, who stands behind it, and what it changed |
| SHA256SUMS | the SHA-256 of each file here |

## How to check it without Ballast

Nothing was changed since the pack was made:

\`\`\`sh
sha256sum --check --quiet SHA256SUMS
\`\`\`

Each checkpoint was signed with the key:

\`\`\`sh
for text in checkpoints/*.txt; do
  openssl dgst -sha256 -verify public-key.pem -signature "\${text%.txt}.sig" "$text" || exit 1
done
\`\`\`

Each signed hash is that of the record it names:

\`\`\`sh
for record in checkpoints/*.record; do
  hash=$(sha256sum < "$record" | cut -d ' ' -f 1)
  grep -q "\\"hash\\":\\"$hash\\"" "\${record%.record}.txt" || { echo "$record is not what was signed"; exit 1; }
done
\`\`\`

Each record has the hash it says, and continues the one before it. The hash is SHA-256 over these eight texts with a line feed between them:
\`ballast.audit/1\`, sequence, previous_hash, at, trail_id, part, type, record. With jq, of one record (here the first):

\`\`\`sh
head -n 1 records.ndjson | jq -j '"ballast.audit/1\\n\\(.sequence)\\n\\(.previous_hash)\\n\\(.at)\\n\\(.trail_id)\\n\\(.part)\\n\\(.type)\\n\\(.record)"' | sha256sum
\`\`\`

Each checkpoint names in previousCheckpointSha256 the SHA-256 of the text that was signed before it, so none was left out.
`;
}

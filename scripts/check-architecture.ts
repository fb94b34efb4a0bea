/** Runs dependency-cruiser over the house and fails when an arrow points the wrong way, or when it saw no modules at all. */
import { spawnSync } from 'node:child_process';

const folders = ['apps', 'cdk', 'functions', 'shared'];
const modulesExpectedMin = 100;

const child = spawnSync('depcruise', ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders], {
  encoding: 'utf8',
  maxBuffer: 256 << 20,
});
const { summary } = JSON.parse(child.stdout) as {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
};
for (const { rule, from, to } of summary.violations) process.stderr.write(`${rule.name}: ${from} -> ${to}\n`);
process.stdout.write(`${summary.totalCruised} modules, ${summary.violations.length} arrows the wrong way\n`);
if (summary.totalCruised < modulesExpectedMin)
  process.stderr.write(`Fewer than ${modulesExpectedMin} modules were seen: the check looks at nothing.\n`);
process.exitCode = summary.violations.length === 0 && summary.totalCruised >= modulesExpectedMin ? 0 : 1;

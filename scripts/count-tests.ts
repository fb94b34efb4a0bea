/** Prints `N passed, N failed, N skipped` from vitest's JSON report; fails when the report is missing or holds no test. */
import { readFileSync } from 'node:fs';

const path = process.argv[2] ?? 'test-report.json';

function main(): number {
  let report: { numPassedTests: number; numFailedTests: number; numPendingTests: number; success: boolean };
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    process.stderr.write(`No test report at ${path}: the tests did not run.\n`);
    return 1;
  }
  const { numPassedTests, numFailedTests, numPendingTests, success } = report;
  process.stdout.write(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`);
  return success && numPassedTests > 0 ? 0 : 1;
}

process.exitCode = main();

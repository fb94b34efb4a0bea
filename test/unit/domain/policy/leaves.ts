/** Every path of a policy that holds a value and no settings of its own. */
import { isRecord } from '../../../../shared/domain/policy/policy-diff.ts';
import { pathsOf, settingAt } from '../../../../shared/domain/policy/policy-patch.ts';
import { tryParsePath } from '../../../../shared/domain/policy/policy-patch-path.ts';

export function leavesOf(policy: object): readonly string[] {
  return pathsOf(policy).filter((path) => {
    const value = settingAt(policy, tryParsePath(path)!);
    const hasNames = Array.isArray(value) && value.some((entry) => isRecord(entry));
    return !isRecord(value) && !hasNames;
  });
}

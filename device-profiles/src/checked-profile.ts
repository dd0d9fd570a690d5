import { carriedRule, fieldPathRule } from './check/field-rules.ts';
import type { Rule } from './check/complaint.ts';
import { compiledRule } from './check/compiled-rules.ts';
import { httpPushRule } from './check/http-push-rules.ts';
import { fieldRule } from './check/field-faults.ts';
import { modbusRule } from './check/modbus-rules.ts';
import {
  confirmRule,
  endsByDeviceRule,
  safetyRule,
  typeRule,
  wordRule,
} from './check/model-rules.ts';
import { plainWires } from './check/plain-wires.ts';
import { secretDefaultRule, secretEventRule, secretTextRule } from './check/secret-rules.ts';
import { serialRule } from './check/serial-rules.ts';
import { driftRule, initialRule, reactRule } from './check/value-rules.ts';
import { identifyRule, vectorRule } from './check/vector-rules.ts';
import { checkedYaml, faultsMax } from './checked-yaml.ts';
import type { CheckedYaml } from './checked-yaml.ts';
import { ProfileFile } from './language/profile.ts';
import type { DeviceProfile } from './language/profile.ts';

/** In the order in which a person reads a profile. */
const rules: readonly Rule[] = [
  wordRule,
  typeRule,
  endsByDeviceRule,
  confirmRule,
  safetyRule,
  secretEventRule,
  secretDefaultRule,
  secretTextRule,
  serialRule,
  modbusRule,
  fieldRule,
  fieldPathRule,
  carriedRule,
  initialRule,
  driftRule,
  reactRule,
  vectorRule,
  identifyRule,
];

/**
 * One profile: by schema, then by what no schema can say. Each fault has its place in the file and
 * a hint how to mend it. Never throws, whatever the text.
 * @param file the name that the faults carry
 */
export const checkedProfile = (text: string, file: string): CheckedYaml<DeviceProfile> => {
  const checked = checkedYaml(text, ProfileFile, file);
  if (!checked.ok) return checked;
  const { value, faultAt } = checked;
  const lines = plainWires(value);
  const plain = [...rules.flatMap((rule) => rule(lines)), ...httpPushRule(value)];
  // What is broken cannot be tried out.
  const complaints = plain.length > 0 ? plain : compiledRule(lines);
  if (complaints.length === 0) return checked;
  const faults = complaints
    .map(({ at, message }) => faultAt(at.map(String), message))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { ok: false, faults: faults.slice(0, faultsMax) };
};

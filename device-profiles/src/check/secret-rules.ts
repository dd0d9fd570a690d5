import { isSecretArg } from '../language/secrets.ts';
import type { Complaint, Rule } from './complaint.ts';

/** What a reader reads is never shown, whoever wrote the profile. */
const secretEvents = /^access\./;

export const secretEventRule: Rule = ({ model }) =>
  Object.entries(model.events ?? {})
    .filter(([, { norm, secret }]) => secretEvents.test(norm ?? '') && secret !== true)
    .map(([name]) => ({
      at: ['model', 'events', name],
      message: 'needs secret: true, because its frames hold a pass or a card',
    }));

/** A profile is published; what opens something belongs to the installation. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*(?:PRIVATE|SECRET)/, 'holds a private key'],
  [/:\/\/[^/\s:@]+:[^/\s@]+@/, 'holds a password in an address'],
  [/\b(?:password|passwd|secret|api[_-]?key|token)\s*[:=]\s*\S+/i, 'holds a password or key'],
];

const hint = 'a profile is public: make it a param that the installer sets per device';

export const secretTextRule: Rule = (profile) => textFaults(profile, []);

const textFaults = (value: unknown, at: readonly (string | number)[]): readonly Complaint[] => {
  if (typeof value === 'string') {
    return secretTexts
      .filter(([pattern]) => pattern.test(value))
      .slice(0, 1)
      .map(([, what]) => ({ at, message: `${what}: ${hint}` }));
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => textFaults(item, [...at, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textFaults(inner, [...at, key]));
};

/** A default of such a name is the same secret in every building. */
export const secretDefaultRule: Rule = ({ model }) => {
  const holders = [
    { at: ['model', 'params'], entries: model.params ?? {} },
    ...Object.entries(model.commands ?? {}).map(([name, { args }]) => ({
      at: ['model', 'commands', name, 'args'],
      entries: args ?? {},
    })),
  ];
  return holders.flatMap(({ at, entries }) =>
    Object.entries(entries)
      .filter(([name, entry]) => isSecretArg(name) && entry.default !== undefined)
      .map(([name]) => ({ at: [...at, name, 'default'], message: `is a secret: ${hint}` })),
  );
};

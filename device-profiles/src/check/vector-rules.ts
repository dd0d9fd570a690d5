import { codecFaults, frameFaults } from '@gatehouse/protocols';
import type { PlainProfile } from '../language/profile.ts';
import { own } from '../language/values.ts';
import type { Outcome, Session, Vector } from '../language/vectors.ts';
import { unknownName } from './complaint.ts';
import type { Complaint, Rule } from './complaint.ts';
import { valuesFaults } from './value-rules.ts';

type At = readonly (string | number)[];

export const isSession = (vector: Vector | Session): vector is Session => 'session' in vector;

/** What stands in a vector exists in the model and in the binding it names. */
export const vectorRule: Rule = (profile) =>
  profile.vectors.flatMap((vector, index) => {
    const at = ['vectors', index];
    const bindings = Object.keys(profile.bindings);
    if (own(profile.bindings, vector.binding) === undefined) {
      return [{ at: [...at, 'binding'], message: unknownName(vector.binding, bindings) }];
    }
    const params = valuesFaults(profile.model.params, vector.params, [...at, 'params']);
    return [
      ...params,
      ...(isSession(vector) ? sessionFaults(profile, vector, at) : caseFaults(profile, vector, at)),
    ];
  });

const outcomeFaults = (
  { model }: PlainProfile,
  outcome: Outcome | undefined,
  at: At,
): readonly Complaint[] => [
  ...valuesFaults(model.state, outcome?.state, [...at, 'state']),
  ...valuesFaults(model.telemetry, outcome?.telemetry, [...at, 'telemetry']),
  ...Object.entries(outcome?.event ?? {}).flatMap(([name, fields]) => {
    const event = own(model.events, name);
    return event === undefined
      ? [{ at: [...at, 'event', name], message: unknownName(name, eventNames(model)) }]
      : valuesFaults(event.fields, fields, [...at, 'event', name]);
  }),
];
const eventNames = (model: PlainProfile['model']): readonly string[] =>
  Object.keys(model.events ?? {});

const errorCode = /^(?:refused|exception)_[a-z0-9_]+$/;
const errorCodes: readonly string[] = [...frameFaults, ...codecFaults, 'unknown_message'];

const shapeFaults = (vector: Vector, isModbus: boolean): readonly string[] => {
  const { command, poll, args, tx, txText, out, error } = vector;
  const received = vector.in !== undefined || vector.inText !== undefined;
  const sent = tx !== undefined || txText !== undefined;
  const asks = command !== undefined || poll !== undefined;
  const rows: readonly (readonly [boolean, string])[] = [
    [!received && !sent && error === undefined, 'needs in and out, or command and tx'],
    [vector.in !== undefined && vector.inText !== undefined, 'has in and inText: keep one'],
    [tx !== undefined && txText !== undefined, 'has tx and txText: keep one'],
    [command !== undefined && poll !== undefined, 'has command and poll: keep one'],
    [args !== undefined && command === undefined, 'has args without a command'],
    [out !== undefined && !received, 'has out without in'],
    [received && !sent && out === undefined && error === undefined, 'needs out or error'],
    [out !== undefined && error !== undefined, 'has out and error: keep one'],
    [asks && !sent && error === undefined, 'needs tx: the bytes that are sent'],
    [sent && !asks && !isModbus, 'needs command or poll: what sends tx'],
    [isModbus && vector.inText !== undefined, 'has inText: Modbus frames are written as hex'],
    [isModbus && txText !== undefined, 'has txText: Modbus frames are written as hex'],
    [isModbus && poll !== undefined, 'has poll: a Modbus read is its tx alone'],
    [isModbus && received && !sent, 'needs tx: a reply tells nothing without its request'],
  ];
  return rows.filter(([isWrong]) => isWrong).map(([, message]) => message);
};

const caseFaults = (profile: PlainProfile, vector: Vector, at: At): readonly Complaint[] => {
  const binding = own(profile.bindings, vector.binding);
  if (binding === undefined) return [];
  const { command, poll, error } = vector;
  const shape = shapeFaults(vector, binding.transport === 'modbus');
  const found: Complaint[] = shape.map((message) => ({ at, message }));
  if (error !== undefined && !errorCodes.includes(error) && !errorCode.test(error)) {
    const known = [...errorCodes, 'refused_…', 'exception_…'];
    found.push({ at: [...at, 'error'], message: unknownName(error, known) });
  }
  if (command !== undefined) {
    const carried = Object.keys(binding.commands ?? {});
    const entry = own(profile.model.commands, command);
    if (!carried.includes(command) || entry === undefined) {
      found.push({ at: [...at, 'command'], message: unknownName(command, carried) });
    } else if (error === undefined) {
      found.push(...valuesFaults(entry.args, vector.args, [...at, 'args']));
    }
  }
  const polls = binding.transport === 'serial' ? (binding.polls?.length ?? 0) : 0;
  if (poll !== undefined && poll >= polls) {
    found.push({ at: [...at, 'poll'], message: `is unknown: the binding has ${polls} polls` });
  }
  return [...found, ...outcomeFaults(profile, vector.out, [...at, 'out'])];
};

const sessionFaults = (profile: PlainProfile, session: Session, at: At): readonly Complaint[] =>
  session.steps.flatMap((step, index) => {
    const place = [...at, 'steps', index];
    const { command, args, act, waitMs, expect } = step;
    const did = [command, act, waitMs, expect].filter((what) => what !== undefined).length;
    const commands = Object.keys(own(profile.bindings, session.binding)?.commands ?? {});
    const actions = Object.keys(profile.simulate.actions ?? {});
    const found: Complaint[] = [];
    if (did === 0 || (command !== undefined && act !== undefined)) {
      found.push({ at: place, message: 'needs command or act (not both), waitMs or expect' });
    }
    if (args !== undefined && command === undefined) {
      found.push({ at: [...place, 'args'], message: 'has no command' });
    }
    if (command !== undefined && !commands.includes(command)) {
      found.push({ at: [...place, 'command'], message: unknownName(command, commands) });
    }
    if (act !== undefined && !actions.includes(act)) {
      found.push({ at: [...place, 'act'], message: unknownName(act, actions) });
    }
    const entries = own(profile.model.commands, command)?.args;
    return [
      ...found,
      ...(command === undefined ? [] : valuesFaults(entries, args, [...place, 'args'])),
      ...outcomeFaults(profile, expect, [...place, 'expect']),
    ];
  });

export const identifyRule: Rule = ({ identify, bindings, vectors }) =>
  (identify ?? []).flatMap(({ binding, usb, answersVector }, index) => {
    const at = ['identify', index];
    if (own(bindings, binding) === undefined) {
      return [{ at: [...at, 'binding'], message: unknownName(binding, Object.keys(bindings)) }];
    }
    if ((usb === undefined) === (answersVector === undefined)) {
      return [{ at, message: 'needs exactly one of usb and answersVector' }];
    }
    const vector = answersVector === undefined ? undefined : vectors[answersVector];
    if (answersVector === undefined) return [];
    const answers =
      vector !== undefined &&
      !isSession(vector) &&
      vector.binding === binding &&
      (vector.tx ?? vector.txText) !== undefined &&
      (vector.in ?? vector.inText) !== undefined;
    const message = `must be the place of a vector of ${binding} with tx and in`;
    return answers ? [] : [{ at: [...at, 'answersVector'], message }];
  });

import { sealFault, sealFrame } from '@gatehouse/protocols';
import { createWire } from '../compile/wire.ts';
import type { PlainCodec, SerialCodec } from '../compiled.ts';
import { heard } from '../frames.ts';
import type { PlainBinding, SerialBinding } from '../language/bindings.ts';
import type { Model } from '../language/model.ts';
import type { DeviceProfile } from '../language/profile.ts';
import { isSecretArg } from '../language/secrets.ts';
import { own } from '../language/values.ts';
import { inventedValues } from './invented.ts';
import type { LineEvent } from './listener.ts';

/** Whether this line can carry something that must not be kept. */
export const mayCarrySecrets = (model: Model, binding: PlainBinding): boolean =>
  (binding.transport === 'serial' &&
    Object.values(binding.messages ?? {}).some(
      ({ emit }) => own(model.events, emit)?.secret === true,
    )) ||
  Object.keys(binding.commands ?? {}).some((command) =>
    Object.keys(own(model.commands, command)?.args ?? {}).some(isSecretArg),
  );

type Line = {
  readonly profile: DeviceProfile;
  readonly binding: string;
  readonly codec: PlainCodec;
};
type Asked = Extract<LineEvent, { readonly kind: 'asked' }>;
type Said = Extract<LineEvent, { readonly kind: 'said' }>;

/**
 * What may be kept of a frame, as it goes on the wire: itself, or the same message with something
 * invented in it and its checksum made anew; undefined where neither can be had.
 */
export const keptBytes = (line: Line, event: Asked | Said): Uint8Array | undefined => {
  const { profile, codec } = line;
  const binding = own(profile.bindings, line.binding);
  if (codec.transport !== 'serial' || binding?.transport !== 'serial') {
    return event.kind === 'said' || event.isShown ? event.frame : undefined;
  }
  if (event.kind === 'asked') {
    if (event.isShown) return sealed(binding.sends ?? binding.framing, event.frame);
    return redactedCommand(profile.model, codec, event);
  }
  const { meaning, frame } = event;
  // Half a message, or one that nobody knows, may hold anything.
  if (meaning.message === undefined) return undefined;
  if (meaning.isShown) return sealed(binding.framing, frame);
  return redactedMessage(profile.model, codec, event);
};

/** Only where it can be written, and is read again as the same message. */
const redactedMessage = (
  model: Model,
  codec: SerialCodec,
  { meaning }: Said,
): Uint8Array | undefined => {
  const [told] = meaning.events;
  if (told === undefined || meaning.message === undefined) return undefined;
  const fields = inventedValues(own(model.events, told.event)?.fields, told.fields);
  const bytes = codec.peer.write(meaning.message, meaning.values, fields);
  const [first] = bytes === undefined ? [] : heard(codec.createDecoder(), bytes);
  const again = first?.kind === 'frame' ? codec.read(first.bytes) : undefined;
  return again?.ok === true && again.message === meaning.message ? bytes : undefined;
};

const redactedCommand = (
  model: Model,
  codec: SerialCodec,
  { command, args, frame }: Asked,
): Uint8Array | undefined => {
  if (command === undefined) return undefined;
  const entries = own(model.commands, command)?.args;
  const secret = Object.fromEntries(Object.entries(args).filter(([name]) => isSecretArg(name)));
  const encoded = codec.encode(command, { ...args, ...inventedValues(entries, secret) });
  const step = codec.peer.read(frame)?.step;
  return encoded.ok && step !== undefined ? encoded.sends[step]?.bytes : undefined;
};

/** A frame as it came on the wire: escaped, with its terminator. */
const sealed = (framing: SerialBinding['framing'], frame: Uint8Array): Uint8Array => {
  const wire = createWire(framing);
  const one = wire.framings[wire.frameOf(frame)];
  return one === undefined || sealFault(one, frame) !== undefined ? frame : sealFrame(one, frame);
};

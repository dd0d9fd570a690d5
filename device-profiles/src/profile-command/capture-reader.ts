import { parseCapture } from '../capture/capture-file.ts';
import type { Capture } from '../capture/capture-file.ts';
import type { CommandPorts } from './ports.ts';

/** A capture that a person named; complains where it is none. */
export const readCapture = async (
  ports: CommandPorts,
  path: string,
): Promise<Capture | undefined> => {
  const text = await ports.read(path);
  if (text === undefined) {
    ports.complain(`${path} cannot be read`);
    return undefined;
  }
  const parsed = parseCapture(text);
  if (parsed.ok) return parsed.capture;
  ports.complain(`${path}: ${parsed.fault}`);
  return undefined;
};

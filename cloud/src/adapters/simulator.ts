import Type from 'typebox';
import Value from 'typebox/value';
import { CloudError } from '../errors.ts';

/** What a simulated scanner shows. */
export type Shown = {
  readonly lamp: 'green' | 'red' | 'amber';
  readonly text: string;
  /** Unix milliseconds. */
  readonly atMs: number;
};

/** A code or what is typed; or a UID, in hex. */
export type Presentable = { readonly text: string } | { readonly uid: string };

/** The control port of the simulator: hands and feet of the demo. */
export type Simulator = {
  /** By device id; undefined where a scanner has shown nothing yet. */
  readonly shown: () => Promise<ReadonlyMap<string, Shown | undefined>>;
  /** Holds something before a reader, or types there. Undefined where it showed nothing. */
  readonly present: (device: string, what: Presentable) => Promise<Omit<Shown, 'atMs'> | undefined>;
  /** Somebody goes through the door of this controller, from this side. */
  readonly walk: (device: string, side: 'entry' | 'exit') => Promise<void>;
};

/** Longer than the simulator itself waits for a gateway's feedback. */
const answerTimeoutMs = 5_000;

const Lamp = Type.Union([Type.Literal('green'), Type.Literal('red'), Type.Literal('amber')]);
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Presented = Type.Object({ lamp: Lamp, text: Type.String() });
const Devices = Type.Object({
  devices: Type.Array(
    Type.Object({
      id: Type.String(),
      lamp: Type.Optional(Nullable(Lamp)),
      text: Type.Optional(Nullable(Type.String())),
      at: Type.Optional(Nullable(Type.Number())),
    }),
  ),
});

type Answer = { readonly status: number; readonly body: unknown };

/** `host:port`; the requests never leave it. */
export const createSimulator = (hostPort: string): Simulator => {
  const ask = async (method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> => {
    try {
      const response = await fetch(`http://${hostPort}${path}`, {
        method,
        redirect: 'error',
        signal: AbortSignal.timeout(answerTimeoutMs),
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      throw new CloudError('CL_DEMO_OFF', 'the simulator does not answer', { cause: error });
    }
  };
  const act = async (device: string, action: string, body: unknown): Promise<Answer> => {
    const answer = await ask('POST', `/devices/${encodeURIComponent(device)}/${action}`, body);
    if (answer.status === 404) throw new CloudError('CL_NOT_FOUND', 'simulated device');
    if (answer.status === 429) throw new CloudError('CL_TOO_MANY', 'people at this scanner');
    if (answer.status === 400) throw new CloudError('CL_BAD_REQUEST', action);
    return answer;
  };
  return {
    shown: async () => {
      const { body } = await ask('GET', '/devices');
      if (!Value.Check(Devices, body)) throw new CloudError('CL_DEMO_OFF', 'another simulator');
      return new Map(
        body.devices.map(({ id, lamp, text, at }) => [
          id,
          lamp === undefined || lamp === null
            ? undefined
            : { lamp, text: text ?? '', atMs: at ?? 0 },
        ]),
      );
    },
    present: async (device, what) => {
      const { status, body } = await act(device, 'present', what);
      return status === 200 && Value.Check(Presented, body)
        ? { lamp: body.lamp, text: body.text }
        : undefined;
    },
    walk: async (device, side) => {
      const { status } = await act(device, 'walk', { side });
      if (status !== 200) throw new CloudError('CL_DEMO_OFF', `walk: ${status}`);
    },
  };
};

/** Why the simulator cannot start: stable codes, and what the person who starts it does. */
export const simErrors = {
  SIM_CONFIG: {
    message: 'The configuration cannot be used',
    remedy: 'Mend the lines that are named; examples/sim.yaml shows a whole file',
  },
  SIM_PORT_TAKEN: {
    message: 'A port is taken by another program',
    remedy: 'End that program (a second simulator?) or give the device another port',
  },
  SIM_LISTEN: {
    message: 'An address cannot be listened on',
    remedy: 'Use 127.0.0.1, or an address that this machine has, and a port above 1023',
  },
  SIM_PTY: {
    message: 'A pseudo-terminal cannot be made',
    remedy: 'Install socat (Debian: apt-get install socat) and give a path that is free to use',
  },
} as const;

export type SimErrorCode = keyof typeof simErrors;

export class SimError extends Error {
  readonly code: SimErrorCode;
  readonly remedy: string;

  constructor(code: SimErrorCode, detail: string, options?: ErrorOptions) {
    super(`${simErrors[code].message}: ${detail}`, options);
    this.name = 'SimError';
    this.code = code;
    this.remedy = simErrors[code].remedy;
  }
}

/** What the control port answers when it cannot do what was asked. */
export const controlErrors = {
  unknown_route: { status: 404, message: 'There is no such route; see firmware-sim/README.md' },
  unknown_device: { status: 404, message: 'No simulated device has this id' },
  wrong_kind: { status: 409, message: 'This device cannot do that' },
  wrong_method: { status: 405, message: 'This route takes another method' },
  not_json: { status: 415, message: 'The body must be JSON with content-type application/json' },
  bad_body: { status: 400, message: 'The body does not fit' },
  too_large: { status: 413, message: 'The body is too large' },
  foreign_host: { status: 403, message: 'Only this machine may ask, by a loopback name' },
  not_connected: { status: 409, message: 'No gateway is connected to this device' },
  busy: { status: 429, message: 'Too many people wait at this scanner' },
  cannot_tell: { status: 400, message: 'This device has no way to tell that' },
  gateway_refuses: { status: 502, message: 'The gateway refuses what this device says' },
  no_feedback: { status: 504, message: 'The gateway gave no feedback in time' },
  failed: { status: 500, message: 'The simulator failed; its log says why' },
} as const;

export type ControlErrorCode = keyof typeof controlErrors;

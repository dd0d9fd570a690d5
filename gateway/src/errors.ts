/** Operational failures of the gateway: stable codes, and what the operator does about them. */
export const gatewayErrors = {
  GW_CONFIG: { message: 'The configuration cannot be used', remedy: 'Mend the line that is named' },
  GW_SERIAL_OPEN: {
    message: 'A serial line cannot be opened',
    remedy: 'Check the name of the port, the cable, and that no other program holds it',
  },
  GW_MODBUS: { message: 'A Modbus call failed', remedy: 'Check power and bus of the controller' },
  GW_MODBUS_EXCEPTION: {
    message: 'A Modbus device refused a call',
    remedy: 'Check that the profile and its parameters fit this device and its firmware',
  },
  GW_NOT_SENT: {
    message: 'A command was not sent',
    remedy: 'Check the line of the device: it is closed, or too much waits for it',
  },
  GW_JOURNAL_FAILED: {
    message: 'The journal cannot be written',
    remedy: 'Check the storage card and its free space; replace it if needed',
  },
  GW_IN_USE: {
    message: 'The data folder is in use by another gateway',
    remedy: 'End the other one, or give this one a folder of its own',
  },
  GW_POLICY_STORE: {
    message: 'The policy store cannot be used',
    remedy: 'Check the storage card; the gateway asks the cloud for a snapshot again',
  },
  GW_LINK: {
    message: 'The link to the cloud is down',
    remedy: 'Check the campus network, the broker and the certificate of the gateway',
  },
  GW_CLAIM: {
    message: 'The authority of the claim group cannot be reached',
    remedy: 'Check the authority, the network between and the certificates of both gateways',
  },
  GW_CLAIM_PORT: {
    message: 'The port of the claim group cannot be had',
    remedy: 'End the program that holds it, or give the group another port in the console',
  },
  GW_SNAPSHOT: {
    message: 'The policy snapshot cannot be fetched or does not match its manifest',
    remedy: 'Check the gateway listener of the cloud',
  },
} as const;

export type GatewayErrorCode = keyof typeof gatewayErrors;

export class GatewayError extends Error {
  readonly code: GatewayErrorCode;
  readonly remedy: string;

  constructor(code: GatewayErrorCode, detail: string, options?: ErrorOptions) {
    super(`${gatewayErrors[code].message}: ${detail}`, options);
    this.name = 'GatewayError';
    this.code = code;
    this.remedy = gatewayErrors[code].remedy;
  }
}

import type { SignatureAlgorithm } from '../primitives.ts';
import type { AudienceKind } from './audience.ts';

export type AudienceVector = {
  readonly source: string;
  readonly audience: string;
  readonly kind: AudienceKind;
  readonly duress: boolean;
  /** BASE64URL of the implied header. */
  readonly header: Readonly<Record<SignatureAlgorithm, string>>;
};

const written = 'header written by hand from the form, encoded by the base64 module of Python 3';

/* prettier-ignore */
export const audienceVectors: readonly AudienceVector[] = [
  {
    source: 'ES256: worked example made with jose 6 and read back by zbarimg; EdDSA: ' + written,
    audience: 'campus-01', kind: 'door', duress: false,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxIn0',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxIn0',
    },
  },
  {
    source: written,
    audience: 'campus-01/zone/library-stacks', kind: 'door', duress: false,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL3pvbmUvbGlicmFyeS1zdGFja3MifQ',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL3pvbmUvbGlicmFyeS1zdGFja3MifQ',
    },
  },
  {
    source: 'ES256: ' + written + '; EdDSA: made with jose 6',
    audience: 'campus-01/door/lab-3-201', kind: 'door', duress: false,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2Rvb3IvbGFiLTMtMjAxIn0',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2Rvb3IvbGFiLTMtMjAxIn0',
    },
  },
  {
    source: written,
    audience: 'campus-01/pay', kind: 'pay', duress: false,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL3BheSJ9',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL3BheSJ9',
    },
  },
  {
    source: written,
    audience: 'campus-01/attend/019ab0c4-5d00-7c3e-8f21-0a1b2c3d4e5f', kind: 'attend', duress: false,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2F0dGVuZC8wMTlhYjBjNC01ZDAwLTdjM2UtOGYyMS0wYTFiMmMzZDRlNWYifQ',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2F0dGVuZC8wMTlhYjBjNC01ZDAwLTdjM2UtOGYyMS0wYTFiMmMzZDRlNWYifQ',
    },
  },
  {
    source: written,
    audience: 'campus-01/duress', kind: 'door', duress: true,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2R1cmVzcyJ9',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2R1cmVzcyJ9',
    },
  },
  {
    source: written,
    audience: 'campus-01/zone/library-stacks/duress', kind: 'door', duress: true,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL3pvbmUvbGlicmFyeS1zdGFja3MvZHVyZXNzIn0',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL3pvbmUvbGlicmFyeS1zdGFja3MvZHVyZXNzIn0',
    },
  },
  {
    source: written,
    audience: 'campus-01/door/lab-3-201/duress', kind: 'door', duress: true,
    header: {
      ES256: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2Rvb3IvbGFiLTMtMjAxL2R1cmVzcyJ9',
      EdDSA: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2Rvb3IvbGFiLTMtMjAxL2R1cmVzcyJ9',
    },
  },
];

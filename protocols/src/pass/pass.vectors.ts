import type { PassFields } from './pass.ts';

export type PassVector = {
  readonly source: string;
  readonly fields: PassFields;
  readonly audience: string;
  /** Hex; ES256: 0x04 ‖ x ‖ y, EdDSA: 32 bytes. */
  readonly publicKey: string;
  readonly body: string;
  readonly signature: string;
  readonly text: string;
  readonly jws: string;
};

/* prettier-ignore */
export const passVectors: readonly PassVector[] = [
  {
    source: 'worked example made with jose 6 and read back by zbarimg',
    fields: { alg: 'ES256', credential: '00a1b2c3d4e5f607', iat: 1795293000, counter: 42 },
    audience: 'campus-01',
    publicKey: '0471dc4141a8d520af40e1cbbef541bf848c4f0790be3a0bdbef3a0ba37e0196b3e442383af3f2d3f8fd0dd98d9a287f5f4a6133fc7d35021094cd058574d26391',
    body: '1100a1b2c3d4e5f6076b01ff480000002a',
    signature: '62876fc809ddc19e19bef8dc91f23b32b09e4eb1877f13ca0e4617d43040623760ef032d33ab1a27cd47947df87402d2228148eec88892728378c8d3ac69a32f',
    text: 'W62*JK2YOA3T9.0GB0R490005G5L5H:CPO1SI:JI6OZ*R1SUGI6Q0K.JM-2GLOPX%85$QC68107W9U6W5HSLJ15929S-F/TEJPQLFGI8U.BHKLE5CF8YQ/FD21',
    jws: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxIn0.EQChssPU5fYHawH_SAAAACo.YodvyAndwZ4ZvvjckfI7MrCeTrGHfxPKDkYX1DBAYjdg7wMtM6saJ81HlH34dALSIoFI7siIknKDeMjTrGmjLw',
  },
  {
    source: 'signed by jose 6 with the key of RFC 8032 §7.1 test 1; text by an encoder written in Python',
    fields: { alg: 'EdDSA', credential: '00a1b2c3d4e5f607', iat: 1795293000, counter: 42 },
    audience: 'campus-01/door/lab-3-201',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    body: '1200a1b2c3d4e5f6076b01ff480000002a',
    signature: 'f6ddc150ae3dd3241c6885e830b366b5950f9afa7f0df89bbd6c52f8d08638f2a25bc99c638574c4a861fe9229eb8014ab97cef1d8d0065a72bc3e61fb07e005',
    text: 'IC2*JK2YOA3T9.0GB0R49000IJ5O1S:8AW 7JP4R9D+FTQUM0/MY/12UVLY1:UJAVDLKVP/GEUU7RBUYJ9*GY%OLHCMLIXYTQR2R8J$PUJDQOJB+ZNIHC :050',
    jws: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGUrandzIiwiYXVkIjoiY2FtcHVzLTAxL2Rvb3IvbGFiLTMtMjAxIn0.EgChssPU5fYHawH_SAAAACo.9t3BUK490yQcaIXoMLNmtZUPmvp_DfibvWxS-NCGOPKiW8mcY4V0xKhh_pIp64AUq5fO8djQBlpyvD5h-wfgBQ',
  },
];

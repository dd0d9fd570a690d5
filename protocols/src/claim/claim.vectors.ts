import type { ClaimVerdict } from './claim.ts';

export type ClaimVector = {
  readonly source: string;
  /** As it stands on the wire. */
  readonly ask: string;
  readonly counter: number;
  readonly answer: string;
  readonly verdict: ClaimVerdict;
};

/** Wire of the first release with claims: what later ones must still read. */
/* prettier-ignore */
export const claimVectors: readonly ClaimVector[] = [
  {
    source: 'written by hand after the contract of claim.ts, around the first pass of pass.vectors.ts (made with jose)',
    ask: '{"claimId":"019ab0c4-5d00-7000-8000-000000000001","pass":"EQChssPU5fYHawH_SAAAACpih2_ICd3Bnhm--NyR8jsysJ5OsYd_E8oORhfUMEBiN2DvAy0zqxonzUeUffh0AtIigUjuyIiScoN4yNOsaaMv","audience":"campus-01","door":"east-gate"}',
    counter: 42,
    answer: '{"claimId":"019ab0c4-5d00-7000-8000-000000000001","verdict":"granted"}',
    verdict: 'granted',
  },
  {
    source: 'the same, of a later release: unknown fields are ignored',
    ask: '{"claimId":"019ab0c4-5d00-7000-8000-000000000001","later":1,"pass":"EQChssPU5fYHawH_SAAAACpih2_ICd3Bnhm--NyR8jsysJ5OsYd_E8oORhfUMEBiN2DvAy0zqxonzUeUffh0AtIigUjuyIiScoN4yNOsaaMv","audience":"campus-01/zone/labs/duress","door":"cloud"}',
    counter: 42,
    answer: '{"claimId":"019ab0c4-5d00-7000-8000-000000000001","verdict":"used","mark":{"counter":43}}',
    verdict: 'used',
  },
];

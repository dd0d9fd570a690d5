/** Operational failures of this package: stable codes, and what the operator does about them. */
export const profileErrors = {
  PROFILE_INVALID: {
    message: 'A device profile cannot be used',
    remedy: 'Mend the lines that are named; the schema stands in device-profiles/src/profile.ts',
  },
} as const;

export type ProfileErrorCode = keyof typeof profileErrors;

export class ProfileError extends Error {
  readonly code: ProfileErrorCode;
  readonly remedy: string;

  constructor(code: ProfileErrorCode, detail: string, options?: ErrorOptions) {
    super(`${profileErrors[code].message}:\n${detail}`, options);
    this.name = 'ProfileError';
    this.code = code;
    this.remedy = profileErrors[code].remedy;
  }
}

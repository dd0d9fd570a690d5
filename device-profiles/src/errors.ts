/** Operational failures of this package: stable codes, and what the operator does about them. */
export const profileErrors = {
  PROFILE_INVALID: {
    message: 'A device profile cannot be used',
    remedy: 'Mend the lines that are named; the language is described in docs/profiles.md',
  },
  PROFILE_BINDING: {
    message: 'A device cannot be reached in this way',
    remedy: 'Name a binding of the profile, or leave it out where there is only one',
  },
  PROFILE_PARAMS: {
    message: 'A parameter of a device is missing or not allowed',
    remedy: 'Set it as `model.params` of the profile says',
  },
  PROFILE_NO_LINE: {
    message: 'This device has no line to listen on or to ask',
    remedy: 'Try it on a gateway: its device page shows what it sends and how it is answered',
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

/** Why somebody was sent to the page for signing in, in the words of the address; most come from the provider. */
export const REASONS: Record<string, { title: string; message: string }> = {
  link: {
    title: 'This link has been used',
    message: 'A login link works once, and only for a few minutes. Sign in, or make a new one.',
  },
  'user-disabled': {
    title: 'This account is disabled',
    message: 'Ask who looks after this installation to enable it again.',
  },
  'not-invited': {
    title: 'Nobody has invited you yet',
    message: 'The provider knows you, but none of your groups has a role here. Ask an owner to invite you.',
  },
  'email-taken': {
    title: 'This e-mail address has an account already',
    message:
      'If it is yours, sign in with its password; on the page of your account you can then add the provider.',
  },
  'provider-refused': {
    title: 'The provider has refused the sign-in',
    message: 'Try again, and agree when it asks.',
  },
  'provider-answer-invalid': {
    title: 'The provider’s answer is not valid',
    message: 'Begin the sign-in again. If it goes on, the settings of the provider are wrong.',
  },
  'provider-sign-in-expired': {
    title: 'This sign-in was begun too long ago',
    message: 'Or in another browser. Begin it again.',
  },
  'provider-unreachable': {
    title: 'The provider can’t be reached',
    message: 'Sign in with a password, or try again in a moment.',
  },
};

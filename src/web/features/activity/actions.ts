/** The features that write to the log. */
export const FEATURES: Record<string, string> = {
  radar: 'Radar',
  repositories: 'Repositories',
  evidence: 'Evidence',
  knowledge: 'Documents',
  jobs: 'Jobs',
  projects: 'Members',
  identity: 'Accounts',
};

/** What was done, in words; the part before the point is the feature. */
export const ACTIONS: Record<string, string> = {
  'radar.move': 'Moved a technology',
  'radar.create': 'Entered a technology',
  'radar.update': 'Edited a technology',
  'radar.archive': 'Archived a technology',
  'radar.reviewDetections': 'Placed findings on the radar',
  'radar.updateSettings': 'Changed the radar’s settings',
  'repositories.track': 'Tracked a repository',
  'repositories.update': 'Changed a repository',
  'repositories.archive': 'Archived a repository',
  'repositories.sync': 'Fetched a repository',
  'repositories.unreachable': 'Could not reach a repository',
  'repositories.historyRewritten': 'Found a history rewritten',
  'evidence.judge': 'Judged a detection',
  'evidence.ignorePath': 'Ignored a path',
  'evidence.unignorePath': 'Stopped ignoring a path',
  'evidence.pin': 'Pinned a technology',
  'evidence.unpin': 'Took a pin back',
  'knowledge.upload': 'Uploaded documents',
  'knowledge.fetchUrl': 'Added a document by its address',
  'knowledge.ingestBatch': 'Sent documents',
  'knowledge.ingestRepository': 'Read a repository’s documents',
  'knowledge.remove': 'Took a document out of search',
  'knowledge.restore': 'Restored a document',
  'knowledge.retry': 'Had a document read again',
  'jobs.cancel': 'Cancelled a job',
  'jobs.retry': 'Had a job run again',
  'jobs.drop': 'Dropped a failed job',
  'projects.create': 'Made the project',
  'projects.update': 'Renamed the project',
  'projects.invite': 'Invited somebody',
  'projects.withdrawInvitation': 'Took an invitation back',
  'projects.acceptInvitation': 'Accepted an invitation',
  'projects.addMember': 'Added a member',
  'projects.changeRole': 'Changed a role',
  'projects.removeMember': 'Removed a member',
  'identity.createToken': 'Made an API token',
  'identity.revokeToken': 'Revoked an API token',
  'identity.signIn': 'Signed in',
  'identity.signOut': 'Signed out',
  'identity.endSession': 'Ended a session',
  'identity.endSessions': 'Ended other sessions',
  'identity.setPassword': 'Set a password',
  'identity.changePassword': 'Changed a password',
  'identity.turnOnTwoFactor': 'Turned on two-factor sign-in',
  'identity.turnOffTwoFactor': 'Turned off two-factor sign-in',
  'identity.updateAccount': 'Changed an account',
  'identity.updateUser': 'Changed a user',
};

/** What was done, also if a later version did it. */
export function actionTitle(action: string): string {
  return (
    ACTIONS[action] ??
    action.replace('.', ': ').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
  );
}

#!/usr/bin/env bash
# verify-signatures.sh IMAGE@DIGEST…: succeeds if each was signed by the publishing workflow on main of this repository.
# REPOSITORY=owner/name; inside GitHub Actions it is known.
set -euo pipefail

repository=${REPOSITORY:-${GITHUB_REPOSITORY:?Set REPOSITORY to owner/name of the repository on GitHub.}}
for image; do
  [[ $image =~ @sha256:[0-9a-f]{64}$ ]] || { echo "$image names no digest; a tag can't be verified." >&2; exit 64; }
  cosign verify "$image" \
    --certificate-identity "https://github.com/$repository/.github/workflows/publish.yml@refs/heads/main" \
    --certificate-oidc-issuer https://token.actions.githubusercontent.com >/dev/null
  echo "$image was signed by main of $repository."
done

import { imageUsers } from './secret-files.ts';

/** What is left to do by hand in a new production folder, in order. */
export function renderChecklist(domain: string, variables: Readonly<Record<string, string>>): string {
  const http = variables['HTTP_PORT'] ?? '80';
  const https = variables['HTTPS_PORT'] ?? '443';
  const project = variables['COMPOSE_PROJECT_NAME'] ?? '';
  return `# ${domain}: before people use it

Run each command in this folder. \`commandcenter\` is \`bin/commandcenter\` of the checkout.

- [ ] **Images.** \`.env\` names both by digest (\`@sha256:…\`), so that what was tested is what runs.
- [ ] **DNS.** \`${domain}\` leads to this host: \`getent hosts ${domain}\`
- [ ] **Firewall.** Ports ${http} and ${https} are open to people, and no other. PostgreSQL and Redis are not published.
- [ ] **Certificate.** \`edge/tls/fullchain.pem\` and \`edge/tls/privkey.pem\` are there; the key belongs to user ${imageUsers.nginx},
      who runs the edge: \`sudo install -o ${imageUsers.nginx} -m 600 privkey.pem edge/tls/\`. A trial certificate of
      \`init --self-signed\` ends after 30 days. docs/nginx.md tells how one is renewed by itself.
- [ ] **Secrets.** A copy of \`secrets/\` lies somewhere else, closed as well. Without \`secret_key\` stored access tokens
      can't be read again. \`.gitignore\` keeps all of it out of a repository.
- [ ] **Look first.** \`commandcenter doctor .\` finds nothing that has to be mended.
- [ ] **First deploy.** \`commandcenter deploy .\`; with images that are named by tag, \`--allow-tags\`.
- [ ] **First person.** A login link for the first owner, which works once within 15 minutes:
      \`docker exec "$(docker ps -q --filter name=${project}-blue-api | head -n 1)" commandcenter login-link\`
- [ ] **Backup.** A set is made and verified every day, onto a volume of this host. \`BACKUP_OFFSITE\` in \`.env\` names
      another place, because the host can be lost. For S3 its two keys are files, put there by
      \`sudo install -o ${imageUsers.commandcenter} -m 600 /dev/stdin secrets/backup_s3_access_key\`, and the same for
      \`secrets/backup_s3_secret_key\`; docs/backup-operation.md has what mounts them.
- [ ] **Kit.** \`commandcenter kit FILE .\` writes what another host needs to come back from the sets. It lies somewhere else.
- [ ] **Monitoring.** Something outside asks https://${domain}/health every minute and tells a person when it is not 200.
      Metrics, alerts and dashboards: docs/monitoring.md.
- [ ] **Later.** \`commandcenter deploy . --image …\` for a new version, \`commandcenter rollback .\` for the one before.
`;
}

/** A variable that the compose files or Compose itself read from `.env`. */
export interface ComposeVariable {
  name: string;
  /** What holds where it is not set; without one it has to be set. */
  fallback?: string;
  description: string;
}

/** In the order in which `.env.example` shows them. */
export const composeVariables: readonly { title: string; variables: readonly ComposeVariable[] }[] = [
  {
    title: 'The installation',
    variables: [
      {
        name: 'COMPOSE_PROJECT_NAME',
        description:
          'What its containers, networks and volumes are named after; each installation on a host has its own.',
      },
      {
        name: 'COMMANDCENTER_IMAGE',
        description:
          'Image of the server, in production by digest: registry/commandcenter@sha256:…. A deploy changes it.',
      },
      {
        name: 'COMMANDCENTER_WEB_IMAGE',
        description: 'Image of the web server and the edge, in production by digest. A deploy changes it.',
      },
      { name: 'HTTP_PORT', fallback: '80', description: 'Port of the host for HTTP.' },
      { name: 'HTTPS_PORT', fallback: '443', description: 'Port of the host for HTTPS.' },
      { name: 'SECRETS_DIR', fallback: './secrets', description: 'Folder of the secrets, one file each.' },
    ],
  },
];

/** Settings of the product that the compose files give themselves. */
export const settingsOfCompose: Readonly<Record<string, string>> = {
  HOST: 'the containers listen on all their addresses; only the edge is published',
};

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiProblem, api, dataOf } from '../../api/client.ts';

/** How people sign in here. */
export function useSetup() {
  return useQuery({ queryKey: ['setup'], queryFn: () => dataOf(api.GET('/api/v1/setup')) });
}

export interface SignInInput {
  email: string;
  password: string;
  code?: string;
}

export function useSignIn() {
  return useMutation({
    mutationFn: (body: SignInInput) => dataOf(api.POST('/api/v1/session', { body })),
  });
}

export function useInvitation(code: string) {
  return useQuery({
    queryKey: ['invitation', code],
    queryFn: () => dataOf(api.GET('/api/v1/invitation', { params: { query: { code } } })),
  });
}

/** Who this browser is signed in as, for pages that do without a session; null for nobody. */
export function useVisitor(wanted: boolean) {
  return useQuery({
    enabled: wanted,
    queryKey: ['visitor'],
    queryFn: async () => {
      try {
        return (await dataOf(api.GET('/api/v1/session'))).user;
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) return null;
        throw error;
      }
    },
  });
}

export interface AcceptInput {
  code: string;
  name?: string;
  password?: string;
  secondFactor?: string;
}

export function useAcceptInvitation() {
  return useMutation({
    mutationFn: (body: AcceptInput) => dataOf(api.POST('/api/v1/invitation', { body })),
  });
}

export function useAccount() {
  return useQuery({ queryKey: ['account'], queryFn: () => dataOf(api.GET('/api/v1/account')) });
}

function useRefresh(...keys: string[]) {
  const client = useQueryClient();
  return () => Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

export function useUpdateAccount() {
  return useMutation({
    mutationFn: (body: { name?: string; email?: string }) => dataOf(api.PATCH('/api/v1/account', { body })),
    onSuccess: useRefresh('account', 'session', 'members', 'users'),
  });
}

export function useChangePassword() {
  return useMutation({
    mutationFn: async ({
      email,
      ...body
    }: {
      email?: string;
      currentPassword?: string;
      newPassword: string;
    }) => {
      // Without an address nobody could sign in with the password.
      if (email !== undefined) await api.PATCH('/api/v1/account', { body: { email } });
      await api.PUT('/api/v1/account/password', { body });
    },
    onSuccess: useRefresh('account', 'session', 'sessions'),
  });
}

export function useStartTwoFactor() {
  return useMutation({ mutationFn: () => dataOf(api.POST('/api/v1/account/two-factor')) });
}

/** The account is read again by who has seen the recovery codes, not before: they are shown only once. */
export function useConfirmTwoFactor() {
  return useMutation({
    mutationFn: (code: string) => dataOf(api.POST('/api/v1/account/two-factor/confirm', { body: { code } })),
    onSuccess: useRefresh('sessions'),
  });
}

export function useRefreshAccount() {
  return useRefresh('account', 'session');
}

export function useEndTwoFactor() {
  return useMutation({
    mutationFn: (body: { password?: string; code?: string }) =>
      api.DELETE('/api/v1/account/two-factor', { body }),
    onSuccess: useRefresh('account', 'session', 'sessions'),
  });
}

export function useSessions() {
  return useQuery({ queryKey: ['sessions'], queryFn: () => dataOf(api.GET('/api/v1/sessions')) });
}

/** Ends one session, or all but this one. */
export function useEndSessions() {
  return useMutation({
    mutationFn: (id: string | 'others') =>
      id === 'others'
        ? api.DELETE('/api/v1/sessions')
        : api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }),
    onSuccess: useRefresh('sessions'),
  });
}

export function useTokens() {
  return useQuery({ queryKey: ['tokens'], queryFn: () => dataOf(api.GET('/api/v1/tokens')) });
}

export interface TokenInput {
  name: string;
  scope: 'read' | 'write' | 'admin';
  expiresInDays?: number;
}

export function useCreateToken() {
  return useMutation({
    mutationFn: (body: TokenInput) => dataOf(api.POST('/api/v1/tokens', { body })),
    onSuccess: useRefresh('tokens'),
  });
}

export function useRevokeToken() {
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/tokens/{id}', { params: { path: { id } } }),
    onSuccess: useRefresh('tokens'),
  });
}

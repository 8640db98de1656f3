import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import type { Role } from '../../api/types.ts';

function useRefresh(...keys: string[]) {
  const client = useQueryClient();
  return () => Promise.all(keys.map((key) => client.invalidateQueries({ queryKey: [key] })));
}

export function useMembers() {
  return useQuery({ queryKey: ['members'], queryFn: () => dataOf(api.GET('/api/v1/members')) });
}

export function useChangeRole() {
  return useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: Role }) =>
      dataOf(api.PATCH('/api/v1/members/{userId}', { params: { path: { userId } }, body: { role } })),
    // Also after a refusal: what is shown must be what holds.
    onSettled: useRefresh('members', 'session'),
  });
}

export function useRemoveMember() {
  return useMutation({
    mutationFn: (userId: string) => api.DELETE('/api/v1/members/{userId}', { params: { path: { userId } } }),
    onSuccess: useRefresh('members', 'session'),
  });
}

export function useInvitations() {
  return useQuery({ queryKey: ['invitations'], queryFn: () => dataOf(api.GET('/api/v1/invitations')) });
}

export function useInvite() {
  return useMutation({
    mutationFn: (body: { email: string; role: Role }) => dataOf(api.POST('/api/v1/invitations', { body })),
    onSuccess: useRefresh('invitations'),
  });
}

export function useWithdrawInvitation() {
  return useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/invitations/{id}', { params: { path: { id } } }),
    onSuccess: useRefresh('invitations'),
  });
}

export function useCreateProject() {
  return useMutation({
    mutationFn: (name: string) => dataOf(api.POST('/api/v1/projects', { body: { name } })),
  });
}

export function useRenameProject() {
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      dataOf(api.PATCH('/api/v1/projects/{id}', { params: { path: { id } }, body: { name } })),
    onSuccess: useRefresh('session'),
  });
}

export function useUsers() {
  return useQuery({ queryKey: ['users'], queryFn: () => dataOf(api.GET('/api/v1/users')) });
}

export function useUpdateUser() {
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; disabled?: boolean; admin?: boolean }) =>
      dataOf(api.PATCH('/api/v1/users/{id}', { params: { path: { id } }, body })),
    onSuccess: useRefresh('users', 'session', 'members'),
  });
}

export function useLoginLink() {
  return useMutation({
    mutationFn: (email: string) => dataOf(api.POST('/api/v1/login-links', { body: { email } })),
  });
}

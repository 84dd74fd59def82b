/** Identity by a generated client: sessions, roles, users and keys, from the beginning to the end. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, createClient, createConfig } from "../generated/hey-api/client/index.js";
import * as api from "../generated/hey-api/sdk.gen.js";
import type { ApiKey, NewApiKey, Problem, Role, Session, Token, User } from "../generated/hey-api/types.gen.js";
import { administrator, base, newEmail } from "./service.js";

/** Somebody with a token, or a program with a key. */
const as = (auth: { token?: string; key?: string }): Client =>
  createClient(createConfig({ baseUrl: base, auth: ({ type }) => (type === "apiKey" ? auth.key : auth.token) }));

async function signIn(username: string, password: string): Promise<Token> {
  const { data } = await api.signIn({ client: as({}), body: { username, password }, throwOnError: true });
  return data;
}

const code = async (answer: Promise<{ error?: unknown }>) => ((await answer).error as Problem | undefined)?.code;

const throwOnError = true;
const password = "a long enough sentence";
const unique = `${process.pid}`;
let admin: Client;
let role: Role;
let user: User;

test("a session is refreshed, and its refresh token works once", async () => {
  const first = await signIn(administrator.email, administrator.password);
  assert.equal(first.token_type, "bearer");
  const body = { refresh_token: first.refresh_token! };
  const { data: next } = await api.refreshToken({ client: as({}), body, throwOnError });
  const client = as({ token: next.access_token });
  const { data: sessions } = await api.listMySessions({ client, throwOnError });
  const current: Session | undefined = sessions.find((session) => session.current);
  assert.ok(current?.id);
  assert.equal(await code(api.refreshToken({ client: as({}), body })), "invalid_token");
  assert.equal(await code(api.getMe({ client })), "invalid_token", "a replay ends the session");
  admin = as({ token: (await signIn(administrator.email, administrator.password)).access_token });
});

test("a role is made, granted and given", async () => {
  const name = `readers of customers ${unique}`;
  role = (await api.createRole({ client: admin, body: { name, is_active: true }, throwOnError })).data;
  assert.equal(role.user_count, 0);
  const query = { filter_key: "name", value: "customers_read" } as const;
  const { data: found } = await api.listPermissions({ client: admin, query, throwOnError });
  const path = { role_id: role.id };
  await api.grantRolePermission({ client: admin, path, body: { permission_id: found.data[0]!.id }, throwOnError });
  const { data: granted } = await api.listRolePermissions({ client: admin, path, throwOnError });
  assert.deepEqual(granted.map((permission) => permission.name), ["customers_read"]);

  const body = { name: "Ada", surname: "Byron", email: newEmail(), password };
  user = (await api.createUser({ client: admin, body, throwOnError })).data;
  assert.ok(user.is_active && !("password" in user));
  await api.giveUserRole({ client: admin, path, body: { user_id: user.id }, throwOnError });
  const again = await api.createUser({ client: admin, body });
  assert.deepEqual([again.error?.status, again.error?.errors?.[0]?.pointer], [409, "/email"]);
});

test("a key lives and dies", async () => {
  const client = as({ token: (await signIn(user.email, password)).access_token });
  const body = { name: "import", scopes: ["customers_read"] };
  const { data: made, response } = await api.createApiKey({ client, body, throwOnError });
  const key: NewApiKey = made;
  assert.equal(response.status, 201);
  assert.match(key.key, /^kwik_[0-9a-f]{48}$/);
  const program = as({ key: key.key });
  await api.listCustomers({ client: program, throwOnError });
  assert.equal(await code(api.createCustomer({ client: program, body: { name: "C", email: newEmail() } })), "forbidden");
  await api.listCustomers({ client: as({ token: key.key }), throwOnError });

  const path = { api_key_id: key.id };
  const renamed = await api.updateApiKey({ client, path, body: { name: "export" }, throwOnError });
  const shown: ApiKey = renamed.data;
  assert.deepEqual([shown.name, shown.suffix, "key" in shown], ["export", key.key.slice(-4), false]);
  const { data: rotated } = await api.rotateApiKey({ client, path, throwOnError });
  assert.equal(await code(api.listCustomers({ client: program })), "invalid_token");
  await api.listCustomers({ client: as({ key: rotated.key }), throwOnError });
  const { data: listed } = await api.listApiKeys({ client, throwOnError });
  assert.deepEqual([listed.total, listed.data[0]?.id], [1, key.id]);
  const { data: revoked } = await api.revokeApiKey({ client, path, throwOnError });
  assert.ok(revoked.revoked_at);
  assert.equal(await code(api.listCustomers({ client: as({ key: rotated.key }) })), "invalid_token");
});

test("a password is changed, somebody's place is taken, and all ends", async () => {
  const client = as({ token: (await signIn(user.email, password)).access_token });
  const change = { old_password: password, new_password: `${password}, too` };
  await api.changeMyPassword({ client, body: change, throwOnError });
  const { data: token } = await api.impersonate({ client: admin, query: { user_id: user.id }, throwOnError });
  assert.equal(token.refresh_token, undefined);
  const { data: me } = await api.getMe({ client: as({ token: token.access_token }), throwOnError });
  assert.deepEqual([me.id, me.impersonator?.email], [user.id, administrator.email]);

  const { data: out } = await api.signOut({ client, throwOnError });
  assert.ok(out.msg);
  assert.equal(await code(api.getMe({ client })), "invalid_token");
  const { data: gone } = await api.deleteUser({ client: admin, path: { id: user.id }, throwOnError });
  assert.deepEqual([gone.email, gone.removed.roles], [user.email, 1]);
  const { data: removed } = await api.deleteRole({ client: admin, path: { id: role.id }, throwOnError });
  assert.deepEqual(removed.removed, { users: 0, permissions: 1 });
  const query = { filter: `action = "sign_in" AND user_id = ${user.id}` };
  const { data: trail } = await api.listAuditEntries({ client: admin, query, throwOnError });
  assert.equal(trail.total, 2);
});

/** What the document of the customers says of identity and of an entity. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { fetchDocument, findOperation, findSchema, operationsOf, type Operation, type Schema } from "./service.js";

const document = await fetchDocument();
const operations = operationsOf(document);
const operation = (id: string): Operation => findOperation(document, id);
const schema = (name: string): Schema => findSchema(document, name);

/** An operation takes a token with these permissions, or a key. */
function asksFor(id: string, ...permissions: string[]): void {
  assert.deepEqual(operation(id).security, [{ oauth2: permissions }, { apiKey: [] }], id);
}

test("identity has the operations that it says it has", () => {
  for (const id of ["signIn", "refreshToken", "requestPasswordReset", "resetPassword"]) {
    assert.deepEqual(operation(id).security, [], id);
  }
  for (const id of ["signOut", "getMe", "changeMyPassword", "listMySessions", "createApiKey", "rotateApiKey"]) {
    asksFor(id);
  }
  asksFor("createUser", "user_create");
  asksFor("impersonate", "impersonification");
  asksFor("grantRolePermission", "role_update", "permission_update");
  asksFor("giveUserRole", "role_update", "user_update");
  asksFor("endUserSessions", "session_delete");
  asksFor("revokeUserApiKey", "api_key_delete");
  asksFor("listAuditEntries", "audit_read");
  const forms = Object.keys(operation("signIn").requestBody?.content ?? {});
  assert.deepEqual(forms, ["application/x-www-form-urlencoded", "multipart/form-data"]);
  assert.ok(schema("NewApiKey").required?.includes("key") && !schema("ApiKey").properties?.["key"]);
  assert.equal(schema("PasswordChange").properties?.["new_password"]?.format, "password");
  assert.deepEqual(schema("Token").required, ["access_token", "token_type", "expires_in"]);
});

test("customers have the operations of an entity, under their own names", () => {
  asksFor("listCustomers", "customers_read");
  asksFor("createCustomer", "customers_create");
  asksFor("getCustomer", "customers_read");
  asksFor("updateCustomer", "customers_update");
  asksFor("patchCustomer", "customers_update");
  asksFor("deleteCustomer", "customers_delete");
  asksFor("getCustomerHistory", "customers_read");
  const names = operation("listCustomers").parameters?.map((p) => p.name);
  assert.deepEqual(names, ["skip", "limit", "sorting", "filter_key", "value", "filter", "page_token", "count"]);
  for (const id of ["updateCustomer", "patchCustomer", "deleteCustomer"]) {
    assert.ok(operation(id).parameters?.some((p) => p.name === "If-Match" && p.in === "header"), id);
  }
  assert.deepEqual(Object.keys(operation("createCustomer").responses["201"]?.headers ?? {}), ["ETag", "Location"]);
});

test("scopes are described, the token's address is relative, and keys go into their header", () => {
  const { oauth2, apiKey } = document.components.securitySchemes;
  assert.deepEqual([apiKey?.type, apiKey?.in, apiKey?.name], ["apiKey", "header", "X-API-Key"]);
  const { tokenUrl, scopes } = oauth2!.flows!.password;
  assert.equal(tokenUrl, "/api/v1/login/access-token");
  const used = new Set(operations.flatMap((o) => o.operation.security.flatMap((s) => Object.values(s).flat())));
  assert.deepEqual(Object.keys(scopes).sort(), [...used].sort());
  assert.equal(scopes["customers_read"], "Read customers");
});

test("schemas carry the entity's constraints", () => {
  const create = schema("CustomerCreate");
  assert.equal(create.additionalProperties, false);
  assert.deepEqual(create.required, ["name", "email"]);
  assert.deepEqual(Object.keys(create.properties ?? {}), ["name", "email", "credit_limit"]);
  const { name, email, credit_limit } = create.properties!;
  assert.deepEqual([name?.minLength, name?.maxLength], [1, 200]);
  assert.equal(email?.format, "email");
  assert.equal(credit_limit?.default, "5000");
  assert.deepEqual(credit_limit?.oneOf?.map((s) => s.type), ["string", "number"]);
  assert.equal(credit_limit?.oneOf?.[1]?.minimum, 0);

  const update = schema("CustomerUpdate");
  assert.equal(update.additionalProperties, false);
  assert.equal(update.minProperties, 1);
  assert.equal(update.required, undefined);
  assert.equal(update.properties?.["credit_limit"]?.default, undefined);

  const customer = schema("Customer");
  assert.deepEqual(customer.required, Object.keys(customer.properties ?? {}));
  assert.equal(customer.properties?.["credit_limit"]?.type, "string");
  assert.equal(customer.properties?.["last_modifier_user_id"]?.nullable, true);
  assert.equal(customer.properties?.["version"]?.nullable, undefined);
});

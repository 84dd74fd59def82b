/** The OpenAPI document is valid, and says everything about every operation. */

import assert from "node:assert/strict";
import { test } from "node:test";
import SwaggerParser from "@apidevtools/swagger-parser";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Ajv } from "ajv";
import * as formats from "ajv-formats";
import { fetchDocument, type Operation, type Schema } from "./service.js";

const document = await fetchDocument();
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const operation = (id: string): Operation => {
  const found = operations.find((o) => o.operation.operationId === id);
  assert.ok(found, `there is no operation ${id}`);
  return found.operation;
};
const schema = (name: string): Schema => {
  const found = document.components.schemas[name];
  assert.ok(found, `there is no schema ${name}`);
  return found;
};

test("it is valid OpenAPI 3.0", async () => {
  assert.match(document.openapi, /^3\.0\./);
  await SwaggerParser.validate(structuredClone(document) as never);
});

test("the linter finds nothing", async () => {
  const config = await createConfig({
    extends: ["recommended-strict"],
    rules: {
      "operation-operationId-unique": "error",
      "operation-description": "off",
      "operation-singular-tag": "error",
      "tag-description": "error",
      "no-invalid-media-type-examples": { severity: "error", allowAdditionalProperties: false },
      "no-invalid-schema-examples": { severity: "error", allowAdditionalProperties: false },
      "no-invalid-parameter-examples": { severity: "error", allowAdditionalProperties: false },
      "no-unused-components": "error",
      "nullable-type-sibling": "error",
      "parameter-description": "error",
      "security-defined": "error",
      // Paths of collections end in a slash, as front ends know them.
      "no-path-trailing-slash": "off",
      // What is not ours to say: the licence of a user's interface.
      "info-license": "off",
      "info-license-strict": "off",
      // Every error is a problem, by one default answer.
      "operation-4xx-response": "off",
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: "openapi.json", config });
  const found = problems.map((p) => `${p.ruleId}: ${p.message} at ${p.location[0]?.pointer}`);
  assert.deepEqual(found, []);
});

test("each operation has an id, a summary, a tag that is described, and security", () => {
  const described = new Set(document.tags.filter((t) => t.description).map((t) => t.name));
  const ids = new Set<string>();
  for (const { path, method, operation } of operations) {
    const where = `${method} ${path}`;
    assert.match(operation.operationId, /^[a-z][A-Za-z0-9]*$/, where);
    assert.ok(!ids.has(operation.operationId), `${where}: the id is taken`);
    ids.add(operation.operationId);
    assert.ok(operation.summary, where);
    assert.ok(operation.tags.length === 1 && operation.tags.every((t) => described.has(t)), where);
    assert.ok(Array.isArray(operation.security), where);
    for (const parameter of operation.parameters ?? []) {
      assert.ok(parameter.description && parameter.schema, `${where}: ${parameter.name}`);
      if (parameter.required) assert.notEqual(parameter.example, undefined, `${where}: ${parameter.name}`);
    }
  }
});

test("each operation answers errors with a problem, and each body has an example", () => {
  const example = ({ $ref, example: own, items }: Schema): unknown =>
    $ref ? document.components.schemas[nameOf($ref)]?.example : (own ?? (items && example(items)));
  for (const { path, method, operation } of operations) {
    const where = `${method} ${path}`;
    const problem = operation.responses["default"]?.content["application/problem+json"]?.schema.$ref;
    assert.equal(problem, "#/components/schemas/Problem", where);
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const media of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
      assert.notEqual(example(media.schema), undefined, `${where}: a body has no example`);
    }
  }
});

test("each object in a body has a name, so that generated types have one", () => {
  for (const { path, method, operation } of operations) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)];
    for (const { schema } of bodies.flatMap((body) => Object.values(body?.content ?? {}))) {
      const one = schema.items ?? schema;
      assert.ok(one.$ref ?? one.type === "boolean", `${method} ${path}: ${JSON.stringify(one)}`);
    }
  }
});

test("examples are valid against their schemas", () => {
  // Once more and by another validator than the linter's.
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default.default(ajv);
  ajv.addFormat("decimal", true);
  ajv.addFormat("password", true);
  ajv.addSchema(jsonSchema(document) as object, "document");
  for (const [name, { example }] of Object.entries(document.components.schemas)) {
    const validate = ajv.getSchema(`document#/components/schemas/${name}`);
    assert.ok(validate, name);
    assert.ok(validate(example), `${name}: ${ajv.errorsText(validate.errors)}`);
  }
});

/** The last part of a reference. */
function nameOf($ref: string): string {
  return $ref.split("/").at(-1) ?? "";
}

/** What OpenAPI 3.0 says otherwise than JSON Schema, in the words of the latter. */
function jsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(jsonSchema);
  if (typeof node !== "object" || node === null) return node;
  const out = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, jsonSchema(value)]));
  if (out["nullable"] === true && typeof out["type"] === "string") out["type"] = [out["type"], "null"];
  for (const [exclusive, bound] of [["exclusiveMinimum", "minimum"], ["exclusiveMaximum", "maximum"]] as const) {
    if (out[exclusive] === true) out[exclusive] = out[bound];
  }
  return out;
}

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

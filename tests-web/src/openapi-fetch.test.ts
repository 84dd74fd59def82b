/** A client of the types that openapi-typescript makes, with openapi-fetch. */

import assert from "node:assert/strict";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { components, paths } from "../generated/openapi-typescript.js";
import { administrator, base, newEmail } from "./service.js";

type Customer = components["schemas"]["Customer"];
type CustomerCreate = components["schemas"]["CustomerCreate"];

const client = createClient<paths>({ baseUrl: base });
client.use({
  onRequest({ request }) {
    if (token) request.headers.set("authorization", `Bearer ${token}`);
    return request;
  },
});
let token: string | undefined;

test("signing in", async () => {
  const { data, error } = await client.POST("/login/access-token", {
    body: { username: administrator.email, password: administrator.password },
    bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  assert.equal(error, undefined);
  assert.ok(data);
  assert.equal(data.token_type, "bearer");
  token = data.access_token;
});

test("a customer is created, listed, read, changed, deleted, and leaves its history", async () => {
  const input: CustomerCreate = { name: "Ada", email: newEmail(), credit_limit: "0.30" };
  const created = await client.POST("/customers/", { body: input });
  assert.equal(created.response.status, 201);
  const customer: Customer = created.data!;
  assert.equal(customer.credit_limit, "0.30");
  const path = { id: customer.id };
  assert.equal(created.response.headers.get("location"), `/api/v1/customers/${customer.id}`);

  const listed = await client.GET("/customers/", {
    params: { query: { skip: 0, limit: 5, sorting: "id:desc", filter_key: "email", value: input.email } },
  });
  assert.deepEqual(listed.data, { total: 1, data: [customer] });

  const read = await client.GET("/customers/{id}", { params: { path } });
  assert.deepEqual(read.data, customer);
  const etag = read.response.headers.get("etag");
  assert.equal(etag, '"1"');

  const updated = await client.PUT("/customers/{id}", {
    params: { path, header: { "If-Match": etag } },
    body: { credit_limit: 12.5 },
  });
  assert.equal(updated.data?.credit_limit, "12.5");
  assert.equal(updated.data.version, 2);

  const patched = await client.PATCH("/customers/{id}", {
    params: { path },
    body: { name: "Ada L." },
    headers: { "content-type": "application/merge-patch+json" },
  });
  assert.equal(patched.data?.name, "Ada L.");

  const deleted = await client.DELETE("/customers/{id}", { params: { path } });
  assert.equal(deleted.data?.id, customer.id);

  const history = await client.GET("/customers/{id}/history", { params: { path } });
  assert.deepEqual(history.data?.data.map((record) => record.action), ["delete", "update", "update", "create"]);
  const changes = history.data.data[2]?.changes;
  assert.deepEqual(changes, [{ field: "credit_limit", from: "0.30", to: "12.5" }]);
});

test("what fails is a typed problem", async () => {
  const unknown = await client.GET("/customers/{id}", { params: { path: { id: 987_654_321 } } });
  assert.equal(unknown.data, undefined);
  assert.equal(unknown.error?.status, 404);
  assert.equal(unknown.error.code, "not_found");

  const wrong = await client.POST("/customers/", { body: { name: "", email: "nobody" } });
  assert.equal(wrong.error?.status, 422);
  assert.deepEqual(wrong.error.errors?.map((e) => e.pointer), ["/name", "/email"]);
  assert.ok(wrong.error.request_id);

  const stale = await client.POST("/customers/", { body: { name: "B", email: newEmail() } });
  const refused = await client.DELETE("/customers/{id}", {
    params: { path: { id: stale.data!.id }, header: { "If-Match": '"7"' } },
  });
  assert.equal(refused.error?.status, 412);
});

/** A client that @hey-api/openapi-ts makes, a function for each operation. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "../generated/hey-api/client.gen.js";
import {
  createCustomer,
  deleteCustomer,
  getCustomer,
  getCustomerHistory,
  listCustomers,
  patchCustomer,
  signIn,
  updateCustomer,
} from "../generated/hey-api/sdk.gen.js";
import type { Customer, CustomerCreate, Problem } from "../generated/hey-api/types.gen.js";
import { administrator, base, newEmail } from "./service.js";

client.setConfig({ baseUrl: base });

test("signing in", async () => {
  const { data } = await signIn({
    body: { username: administrator.email, password: administrator.password },
    throwOnError: true,
  });
  // There is a scheme for keys, too, which is asked for in the same way.
  client.setConfig({ auth: ({ type }) => (type === "apiKey" ? undefined : data.access_token) });
});

test("a customer is created, listed, read, changed, deleted, and leaves its history", async () => {
  const body: CustomerCreate = { name: "Grace", email: newEmail() };
  const created = await createCustomer({ body, throwOnError: true });
  const customer: Customer = created.data;
  assert.equal(created.response.status, 201);
  assert.equal(customer.credit_limit, "5000");
  const path = { id: customer.id };

  const listed = await listCustomers({ query: { filter_key: "id", value: `${customer.id}` }, throwOnError: true });
  assert.deepEqual(listed.data, { total: 1, data: [customer] });

  const read = await getCustomer({ path, throwOnError: true });
  assert.deepEqual(read.data, customer);

  const updated = await updateCustomer({
    path,
    headers: { "If-Match": '"1"' },
    body: { credit_limit: "1234567890123456789012345678" },
    throwOnError: true,
  });
  assert.equal(updated.data.credit_limit, "1234567890123456789012345678");

  const patched = await patchCustomer({ path, body: { name: "Grace H." }, throwOnError: true });
  assert.equal(patched.data.version, 3);

  const deleted = await deleteCustomer({ path, throwOnError: true });
  assert.deepEqual(deleted.data, patched.data);

  const history = await getCustomerHistory({ path, throwOnError: true });
  assert.deepEqual(history.data.data.map((record) => record.version), [3, 3, 2, 1]);
});

test("what fails is a typed problem", async () => {
  const { data, error, response } = await getCustomer({ path: { id: 987_654_321 } });
  assert.equal(data, undefined);
  const problem: Problem | undefined = error;
  assert.equal(problem?.code, "not_found");
  assert.equal(response?.status, 404);

  const taken = newEmail();
  await createCustomer({ body: { name: "C", email: taken }, throwOnError: true });
  const again = await createCustomer({ body: { name: "C", email: taken } });
  assert.equal(again.error?.status, 409);
  assert.deepEqual(again.error.errors?.map((e) => e.pointer), ["/email"]);
});

/** A business through types that openapi-typescript makes: references, parts of rows, links, views, commands. */

import assert from "node:assert/strict";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { components, paths } from "../generated/backoffice.js";
import { administrator, backoffice, fetchDocument, findOperation, findSchema, newEmail } from "./service.js";

type Schemas = components["schemas"];

const client = createClient<paths>({ baseUrl: backoffice });
const anybody = createClient<paths>({ baseUrl: backoffice });

/** What has been answered, if that was no problem. */
function good<T>({ data, error }: { data?: T; error?: Schemas["Problem"] }): T {
  assert.equal(error, undefined);
  assert.ok(data);
  return data;
}

test("signing in", async () => {
  const { access_token } = good(
    await client.POST("/login/access-token", {
      body: { username: administrator.email, password: administrator.password },
      bodySerializer: (body) => new URLSearchParams(body as Record<string, string>),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }),
  );
  client.use({
    onRequest({ request }) {
      request.headers.set("authorization", `Bearer ${access_token}`);
      return request;
    },
  });
});

let customer: Schemas["Customer"];
let chair: Schemas["Product"];
let nail: Schemas["Product"];

test("a customer has a time, an array and JSON; a product has bytes", async () => {
  const body: Schemas["CustomerCreate"] = {
    name: "Acme",
    email: newEmail(),
    region: "north",
    website: "https://acme.example/",
    vat_number: "DE136695976",
    deliver_from: "09:30:00",
    tags: ["old", "big"],
    preferences: { paper: { colour: null } },
  };
  customer = good(await client.POST("/customers/", { body }));
  assert.deepEqual([customer.tags, customer.preferences, customer.owed], [body.tags, body.preferences, "0"]);
  assert.equal(customer.deliver_from?.slice(0, 8), "09:30:00");
  chair = good(await client.POST("/products/", { body: { sku: "CHR-100", name: "Chair", price: "49.50", picture: "AQID" } }));
  nail = good(await client.POST("/products/", { body: { sku: "NAI-100", name: "Nail", price: 0.01 } }));
  assert.deepEqual([chair.picture, nail.picture], ["AQID", null]);
});

test("a product, which anybody may read, is linked with a category", async () => {
  const category = good(await client.POST("/categories/", { body: { name: "Chairs" } }));
  const path = { id: chair.id };
  const available = good(await client.GET("/products/{id}/available-categories", { params: { path } }));
  assert.deepEqual(available.map((one) => one.id), [category.id]);
  const linked = good(await client.POST("/products/{id}/categories", { params: { path }, body: { category_id: category.id } }));
  assert.deepEqual(linked, chair);
  const below = good(await client.GET("/products/{id}/categories", { params: { path, query: { limit: 5 } } }));
  assert.deepEqual(below, [category]);
  const found = good(await anybody.GET("/products/", { params: { query: { q: "chair" } } }));
  assert.deepEqual(found.data, [chair]);
  const query = { filter: `id = ${chair.id}`, expand: "categories" };
  const expanded = good(await client.GET("/products/", { params: { query } }));
  assert.deepEqual(expanded.data, [{ ...chair, categories: [category] }]);
  const refused = await anybody.POST("/products/", { body: { sku: "CHR-101", name: "Chair", price: "1" } });
  assert.equal(refused.error?.status, 401);
  const both = { id: chair.id, category_id: category.id };
  assert.deepEqual(good(await client.DELETE("/products/{id}/categories/{category_id}", { params: { path: both } })), chair);
});

let order: Schemas["Order"];

test("an order is written with its lines, and its lines are changed with it", async () => {
  const lines: Schemas["OrderLinePart"][] = [
    { product_id: chair.id, quantity: 2 },
    { product_id: nail.id, quantity: 100 },
  ];
  order = good(await client.POST("/orders/", { body: { customer_id: customer.id, lines } }));
  assert.deepEqual([order.total, order.status], ["100.00", "open"]);
  assert.deepEqual(order.lines?.map((line) => line.unit_price), ["49.50", "0.01"]);

  const [first] = order.lines;
  const kept: Schemas["OrderLinePartUpdate"] = { id: first!.id, product_id: chair.id, quantity: 1 };
  const path = { id: order.id };
  order = good(await client.PUT("/orders/{id}", { params: { path }, body: { lines: [kept] } }));
  assert.deepEqual([order.total, order.lines?.length, order.lines?.[0]?.id], ["49.50", 1, first!.id]);

  const nobody = await client.POST("/orders/", { body: { customer_id: 987_654_321 } });
  assert.deepEqual(nobody.error?.errors?.map((e) => [e.pointer, e.code]), [["/customer_id", "reference"]]);
});

test("a command with a key is carried out once", async () => {
  const params = { path: { id: order.id }, header: { "Idempotency-Key": "confirm this" } };
  const first = await client.POST("/orders/{id}/confirm", { params });
  assert.equal(good(first).status, "confirmed");
  assert.equal(first.response.headers.get("idempotency-replayed"), null);
  const again = await client.POST("/orders/{id}/confirm", { params });
  assert.deepEqual(good(again), first.data);
  assert.equal(again.response.headers.get("idempotency-replayed"), "true");
  const anew = await client.POST("/orders/{id}/confirm", { params: { path: { id: order.id } } });
  assert.equal(anew.error?.code, "order_not_open");
});

test("what is open is in a view, until it is paid", async () => {
  const query = { filter: `order_id = ${order.id}` };
  const [invoice] = good(await client.GET("/open_invoices/", { params: { query } })).data;
  assert.deepEqual([invoice?.customer, invoice?.outstanding], ["Acme", "49.50"]);
  const path = { id: invoice!.id };
  const paid = good(await client.POST("/invoices/{id}/pay", { params: { path }, body: { amount: "49.50", reference: "R" } }));
  const statuses: Schemas["Invoice"]["status"][] = ["paid"];
  assert.deepEqual([paid.status], statuses);
  assert.deepEqual(good(await client.GET("/open_invoices/", { params: { query } })).data, []);
});

test("what belongs together comes in one answer", async () => {
  const query = { filter: 'customer.name = "Acme"', expand: "customer,lines.product" };
  const { data } = good(await client.GET("/orders/", { params: { query } }));
  assert.equal(data[0]?.customer?.email, customer.email);
  // What the order cost is owed no longer.
  assert.equal(Number(data[0]?.customer?.owed), 0);
  assert.equal(data[0]?.lines?.[0]?.product?.sku, "CHR-100");
  const payments = good(await client.GET("/payments/", { params: { query: { expand: "invoice.order" } } }));
  assert.equal(payments.data[0]?.invoice?.order?.status, "settled");
});

test("the document says who may read, what stands where, and which commands there are", async () => {
  const document = await fetchDocument(backoffice);
  const operation = (id: string) => findOperation(document, id);
  assert.deepEqual(operation("listProducts").security, [{}, { oauth2: [] }, { apiKey: [] }]);
  assert.deepEqual(operation("confirmOrder").security, [{ oauth2: ["orders_confirm"] }, { apiKey: [] }]);
  assert.deepEqual(operation("confirmOrder").parameters?.map((p) => p.name), ["Idempotency-Key", "id"]);
  assert.throws(() => operation("createInvoice"));
  assert.deepEqual(findSchema(document, "OrderLinePart").required, ["product_id", "quantity"]);
  const { lines, customer } = findSchema(document, "Order").properties!;
  assert.deepEqual(lines?.items, { $ref: "#/components/schemas/OrderLine" });
  assert.deepEqual([customer?.nullable, customer?.allOf], [true, [{ $ref: "#/components/schemas/Customer" }]]);
  assert.deepEqual(findSchema(document, "Order").properties?.["status"]?.enum, ["open", "confirmed", "settled", "cancelled"]);
});

test("each example of what creates something is taken as it is", async () => {
  const document = await fetchDocument(backoffice);
  const kinds = ["customers", "products", "categories", "orders", "users", "roles"];
  for (const kind of kinds) {
    const schema = document.paths[`/${kind}/`]!["post"]!.requestBody!.content["application/json"]!.schema.$ref!;
    const { example } = findSchema(document, schema.split("/").at(-1)!);
    const { response } = await client.POST(`/${kind}/` as "/orders/", { body: example as Schemas["OrderCreate"] });
    assert.equal(response.status, 201, kind);
  }
});

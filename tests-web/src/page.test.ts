/** The page on which operations are tried out, in a browser: offline, under its strict policy. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { administrator, backoffice, backofficeOrigin, fetchDocument, newEmail, origin } from "./service.js";

const folder = process.env["KWIK_TEST_SCREENSHOTS"] ?? ".";
const shoot = (name: string, of: Page | Locator = page) =>
  of.screenshot({ path: join(folder, `${name}.png`), ...(of === page && { fullPage: true }) });

let browser: Browser;
let page: Page;
/** What must stay empty: requests to elsewhere, errors of the console, breaches of the policy. */
const complaints: string[] = [];

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env["KWIK_TEST_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(20_000);
  page.on("request", (request) => {
    const url = request.url();
    if (![origin, backofficeOrigin].includes(new URL(url).origin) && !/^(data|blob):/.test(url)) complaints.push(`a request to ${url}`);
  });
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed: ${request.failure()?.errorText}`));
  page.on("console", (message) => {
    // The browser also reports answers that are errors, which a test may provoke on purpose.
    const provoked = message.text().startsWith("Failed to load resource") && message.location().url.includes("/api/v1/");
    if (["error", "warning"].includes(message.type()) && !provoked) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
    });
  });
});

after(() => browser.close());

const operation = (id: string): Locator => page.locator(`.opblock[id$="-${id}"]`);

/** Opens an operation, fills its body and the key in its path in, and executes it; the status of the answer. */
async function execute(id: string, body?: unknown, key?: number): Promise<string> {
  const block = operation(id);
  if (!(await block.evaluate((element) => element.classList.contains("is-open")))) {
    await block.locator(".opblock-summary-control").click();
  }
  if (body !== undefined) await block.locator("textarea.body-param__text").fill(JSON.stringify(body, null, 2));
  if (key !== undefined) await block.locator('tr[data-param-name="id"] input').fill(`${key}`);
  const answered = page.waitForResponse((response) => response.url().includes("/api/v1/"));
  await block.locator("button.execute").click();
  const status = (await answered).status();
  const shown = block.locator(".live-responses-table .response-col_status").last();
  await shown.waitFor();
  await page.waitForFunction(
    ([element, text]) => element?.textContent?.includes(text as string),
    [await shown.elementHandle(), `${status}`] as const,
  );
  return (await shown.innerText()).trim().slice(0, 3);
}

test("the page shows the operations", async () => {
  await page.goto(`${origin}/docs`);
  await page.locator(".opblock").first().waitFor();
  assert.equal(await page.title(), "Customers");
  assert.equal((await page.locator(".info .title").innerText()).split(/\s/)[0], "Customers");
  const sections = await page.locator(".opblock-tag").evaluateAll((tags) => tags.map((t) => t.getAttribute("data-tag")));
  assert.deepEqual(sections, ["login", "users", "roles", "permissions", "api-keys", "audit", "access", "customers"]);
  assert.equal(await page.locator(".opblock").count(), await countOf());
  await shoot("page");
});

test("without a token, an operation is refused", async () => {
  assert.equal(await execute("listCustomers"), "401");
});

/** How many operations the page has to show. */
async function countOf(base?: string): Promise<number> {
  const { paths } = await fetchDocument(base);
  return Object.values(paths).reduce((sum, methods) => sum + Object.keys(methods).length, 0);
}

/** Opens the dialog of signing in. */
async function authorize(): Promise<Locator> {
  await page.locator(".auth-wrapper .btn.authorize").first().click();
  return page.locator(".dialog-ux .modal-ux");
}

/** The part of the dialog that is about one scheme. */
const scheme = (dialog: Locator, name: string) => dialog.locator(".auth-container", { hasText: name });

/** Signs the administrator in by the form of the page. */
async function signIn(): Promise<void> {
  const dialog = await authorize();
  assert.equal(await dialog.locator(".auth-container").filter({ hasText: /oauth2|apiKey/ }).count(), 2);
  await dialog.locator("#oauth_username").fill(administrator.email);
  await dialog.locator("#oauth_password").fill(administrator.password);
  assert.equal(await dialog.locator("#client_id_password, .scopes input").filter({ visible: true }).count(), 0);
  await shoot("authorize", dialog);
  await scheme(dialog, "oauth2").locator("button.authorize").click();
  await dialog.getByText("Logout").waitFor();
  await shoot("authorized", dialog);
  await dialog.locator("button.btn-done").first().click();
}

test("signing in with the form of the page", signIn);

test("a customer is created, and is in the list", async () => {
  const email = newEmail();
  assert.equal(await execute("createCustomer", { name: "Mary", email, credit_limit: "250.50" }), "201");
  const answer = operation("createCustomer").locator(".live-responses-table tbody .response-col_description");
  assert.match(await answer.first().innerText(), /"credit_limit": "250\.50"/);
  await shoot("created", operation("createCustomer"));
  assert.equal(await execute("createCustomer", { name: "Mary", email }), "409");
  assert.equal(await execute("listCustomers"), "200");
  await shoot("listed", operation("listCustomers"));
});

test("after a reload the browser is still signed in", async () => {
  await page.reload();
  await page.locator(".opblock").first().waitFor();
  assert.equal(await execute("listCustomers"), "200");
});

test("a key is made on the page, and does in place of signing in", async () => {
  assert.equal(await execute("createApiKey", { name: "page", scopes: ["customers_read"] }), "201");
  const answer = operation("createApiKey").locator(".live-responses-table tbody .response-col_description");
  const key = /kwik_[0-9a-f]{48}/.exec(await answer.first().innerText())?.[0];
  assert.ok(key);
  const dialog = await authorize();
  await scheme(dialog, "oauth2").getByText("Logout").click();
  await scheme(dialog, "apiKey").locator("input").fill(key);
  await scheme(dialog, "apiKey").locator("button.authorize").click();
  await dialog.getByText("Logout").waitFor();
  await shoot("key", dialog);
  await dialog.locator("button.btn-done").first().click();
  assert.equal(await execute("listCustomers"), "200");
  assert.equal(await execute("createCustomer", { name: "Mary", email: newEmail() }), "403");
});

test("the page of the back office shows its operations", async () => {
  await page.goto(`${backofficeOrigin}/docs`);
  await page.locator(".opblock").first().waitFor();
  assert.equal(await page.title(), "Backoffice");
  assert.equal(await page.locator(".opblock").count(), await countOf(backoffice));
  await shoot("backoffice");
});

/** The key of what the administrator of the back office creates, the page aside. */
async function created(token: string, kind: string, body: unknown): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${backoffice}/${kind}/`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(response.status, 201);
  return ((await response.json()) as { id: number }).id;
}

test("an order with a line is created and confirmed on the page", async () => {
  const body = new URLSearchParams({ username: administrator.email, password: administrator.password });
  const signedIn = await fetch(`${backoffice}/login/access-token`, { method: "POST", body });
  const { access_token } = (await signedIn.json()) as { access_token: string };
  const customer_id = await created(access_token, "customers", { name: "Mary", email: newEmail(), region: "north" });
  const product_id = await created(access_token, "products", { sku: "PAG-001", name: "Page", price: "1.50" });

  await signIn();
  assert.equal(await execute("createOrder", { customer_id, lines: [{ product_id, quantity: 2 }] }), "201");
  await shoot("order", operation("createOrder"));
  const answer = operation("createOrder").locator(".live-responses-table tbody .response-col_description");
  const order = Number(/"id": (\d+)/.exec(await answer.first().innerText())?.[1]);
  assert.equal(await execute("confirmOrder", undefined, order), "200");
  await shoot("confirmed", operation("confirmOrder"));
});

test("nothing left the server, and nothing was complained of", () => {
  assert.deepEqual(complaints, []);
});
